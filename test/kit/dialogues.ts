// Dialogues as tests of the run time need them: what visitors do, and what is counted.
import { randomUUID } from 'node:crypto'
import { encodeGlobalID } from '@pothos/plugin-relay'
import { data, type TestApp } from './app.ts'
import { mutate, type Result } from './mutate.ts'
import { SITE } from './published-dialogues.ts'

type Door = Pick<TestApp, 'execute'>

export {
  deleteDialogue,
  publish,
  publishUnchecked,
  republish,
  SITE,
  type TestDialogue,
  unpublish,
} from './published-dialogues.ts'

// What a visitor does.

export interface Session extends Result {
  dialogueName: string
  step: number
  transcript: { author: string; cardKey: string; text: string; warning: string | null }[]
  pending: { key: string; kind: string; text: string; value: string | null; options: { key: string }[] }[]
  startAfter: object | null
  completed: boolean
  conversation: { id: string; state: string } | null
  because: string
}

export const SESSION = `... on DialogueSession {
  id dialogueName step completed
  transcript { author cardKey text warning document { name url } }
  pending { key kind text value options { key label } inputType placeholder target { agentId teamId roundRobin } }
  startAfter { timeOnPageSeconds timeOnSiteSeconds scrollPercent }
  conversation { id state }
}`

const call = async (
  app: Door,
  mutation: string,
  { token, input, select = '' }: { token: string; input: object; select?: string },
) => (await mutate(app, { mutation, token, input, select: `${SESSION} ${select}` })) as Session

/** @param page its path */
export const resolve = (app: Door, token: string, page = '/', input: object = {}): Promise<Session> =>
  call(app, 'resolveDialogue', {
    token,
    input: { pageUrl: `${SITE}${page}`, ...input },
    select: '... on NoDialogue { because }',
  })

export const noteTrigger = (app: Door, token: string, sessionId: string): Promise<Session> =>
  call(app, 'noteTrigger', { token, input: { sessionId } })

export const noteDocument = (app: Door, token: string, input: object): Promise<Session> =>
  call(app, 'noteDocument', { token, input })

/** @param said the text, or the key of the option that is chosen */
export function answer(
  app: Door,
  token: string,
  session: Pick<Session, 'id' | 'step' | 'pending'>,
  said: { key: string } | { text: string },
  more: object = {},
): Promise<Session> {
  const input = {
    sessionId: session.id,
    step: session.step,
    cardKey: session.pending[0]?.key ?? '',
    ...('key' in said ? { answerKey: said.key } : said),
    clientKey: randomUUID(),
    ...more,
  }
  return call(app, 'answerCard', {
    token,
    input,
    select: `... on StepTakenError { session { __typename ${SESSION} } }`,
  })
}

/** Reads a session again; null for whoever may not. */
export async function readSession(app: Door, token: string, id: string): Promise<Session | null> {
  const query = `query ($id: ID!) { node(id: $id) { __typename ${SESSION} } }`
  return (await data<{ node: Session | null }>(app.execute(query, { token, variables: { id } }))).node
}

export const flowIdOf = (dialogueId: string): string => encodeGlobalID('Dialogue', dialogueId)

/** How often each thing was counted of a dialogue, for example `{ TRIGGERED: 1 }`. Cards are left out. */
export async function countsOf({ app }: TestApp, dialogueId: string): Promise<Record<string, number>> {
  const rows = await app.services.database.dialogueCount.groupBy({
    by: 'kind',
    where: { dialogueId, NOT: { kind: { in: ['CARD_SHOWN', 'CARD_ANSWERED'] } } },
    _count: true,
    orderBy: { kind: 'asc' },
  })
  return Object.fromEntries(rows.map(({ kind, _count }) => [kind, _count]))
}

/** The same of cards: `{ hello: { shown: 1, answered: 0 } }`. */
export async function cardCountsOf(
  { app }: TestApp,
  dialogueId: string,
): Promise<Record<string, { shown: number; answered: number }>> {
  const rows = await app.services.database.dialogueCount.findMany({
    where: { dialogueId, kind: { in: ['CARD_SHOWN', 'CARD_ANSWERED'] } },
  })
  const counts: Record<string, { shown: number; answered: number }> = {}
  for (const { kind, occurrence } of rows) {
    const { shown, answered } = counts[occurrence] ?? { shown: 0, answered: 0 }
    counts[occurrence] =
      kind === 'CARD_SHOWN' ? { shown: shown + 1, answered } : { shown, answered: answered + 1 }
  }
  return counts
}
