// What was said in a chat that is over, as text.
import type { Author } from '../../../database/generated/client/client.ts'

interface Line {
  author: Author
  text: string
  sentAt: Date
  /** The agent who said it; null for others. */
  agentName: string | null
}

/** One paragraph for each message, in order: the instant in UTC, who, and what.
 * @param transcript.visitorName how the visitor is called */
export function writeTranscript({ lines, visitorName }: { lines: Line[]; visitorName: string }): string {
  const nameOf = ({ author, agentName }: Line) =>
    author === 'VISITOR' ? visitorName : (agentName ?? 'Switchboard')
  return lines.map((line) => `[${line.sentAt.toISOString()}] ${nameOf(line)}:\n${line.text}\n`).join('\n')
}
