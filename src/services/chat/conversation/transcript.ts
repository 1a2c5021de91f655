// Renders the messages of a chat that is over as plain text.
import type { Author } from '../../../database/generated/client/client.ts'

interface Line {
  author: Author
  text: string
  sentAt: Date
  /** The agent who wrote the message; null if no agent did. */
  agentName: string | null
}

/** Writes one paragraph for each message, in order: the instant in UTC, the author's name and the text. */
export function writeTranscript({ lines, visitorName }: { lines: Line[]; visitorName: string }): string {
  const nameOf = ({ author, agentName }: Line) =>
    author === 'VISITOR' ? visitorName : (agentName ?? 'Switchboard')
  return lines.map((line) => `[${line.sentAt.toISOString()}] ${nameOf(line)}:\n${line.text}\n`).join('\n')
}
