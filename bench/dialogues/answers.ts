// Visitors answer the questions of a dialogue, which is the last of 200 published ones.
import { measureInTurn } from '../in-turn.ts'
import type { Installation } from '../installation.ts'
import { statementsOf } from '../statements.ts'
import type { Line } from './line.ts'
import {
  type AskedSession,
  answer,
  clientOf,
  insertDescribedVisitors,
  insertDialogues,
  QUESTIONS,
  resolve,
} from './workload.ts'

const BAR = { percentile: 95, ms: 20 } as const
/** More than `measureInTurn` asks. */
const ANSWERS = 320

interface Conversation {
  ask: ReturnType<typeof clientOf>
  session: AskedSession
}

export async function measureAnswers(installation: Installation): Promise<Line[]> {
  const workspaceId = await insertDialogues(installation)
  const begin = async (count: number) => {
    const begun: Conversation[] = []
    for (const visitor of await insertDescribedVisitors(installation, { workspaceId, count, fits: true })) {
      const ask = clientOf(installation, visitor)
      const session = await resolve(ask, installation.url)
      if (session === null) throw new Error('The last dialogue is for its visitors.')
      begun.push({ ask, session })
    }
    return begun
  }
  const first = answering(await begin(ANSWERS))
  const engaged = await begin(Math.ceil(ANSWERS / (QUESTIONS - 2)))
  for (const one of engaged) one.session = await answer(one.ask, one.session)
  // The last question is left: its answer completes the dialogue.
  const next = answering(Array.from({ length: QUESTIONS - 2 }, () => engaged).flat())
  return [
    await measure({ installation, workspaceId, name: 'the first answer', work: first }),
    await measure({ installation, workspaceId, name: 'the next answers', work: next }),
  ]
}

function answering(conversations: Conversation[]): () => Promise<void> {
  let index = 0
  return async () => {
    const next = conversations[index++]
    if (next === undefined) throw new Error('There are too few visitors.')
    next.session = await answer(next.ask, next.session)
  }
}

interface Measured {
  installation: Installation
  workspaceId: string
  name: string
  work: () => Promise<void>
}

async function measure({ installation, workspaceId, name, work }: Measured): Promise<Line> {
  const { sql } = installation
  const [visitor] = await insertDescribedVisitors(installation, { workspaceId, count: 1, fits: false })
  if (visitor === undefined) throw new Error('There is no visitor.')
  const ask = clientOf(installation, visitor)
  await sql.query('VACUUM ANALYZE')
  await work()
  const statements = (await statementsOf(work)).length
  const [times = [], nothing = [], reading = []] = await measureInTurn([
    work,
    () => ask({ query: '{ __typename }' }),
    // A plain driver reads a session.
    () => sql.query({ name: 'session', text: 'SELECT * FROM "DialogueSession" ORDER BY "id" DESC LIMIT 1' }),
  ])
  return { name, rows: 1, times, nothing, reading, statements, bar: BAR }
}
