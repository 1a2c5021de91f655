// Which of 200 published dialogues a page view shows, each with 20 conditions.

import { readPage } from '../../src/services/dialogues/definition/targets.ts'
import { chooseDialogue } from '../../src/services/dialogues/running/choose-dialogue.ts'
import { toProgram } from '../../src/services/dialogues/running/program.ts'
import { readValueOf } from '../../src/services/people/attribute-values.ts'
import { measureInTurn } from '../in-turn.ts'
import type { Installation } from '../installation.ts'
import { statementsOf } from '../statements.ts'
import type { Line } from './line.ts'
import {
  answer,
  clientOf,
  DIALOGUES,
  definitions,
  insertDescribedVisitors,
  insertDialogues,
  PERSON,
  resolve,
} from './workload.ts'

const BAR = { percentile: 95, ms: 15 } as const
const MATCHING_BAR = { percentile: 95, ms: 1 } as const
/** More than `measureInTurn` asks. */
const VISITORS = 320

export async function measureResolution(installation: Installation): Promise<Line[]> {
  const workspaceId = await insertDialogues(installation)
  const insert = (count: number, fits: boolean) =>
    insertDescribedVisitors(installation, { workspaceId, count, fits })
  const [stranger] = await insert(1, false)
  const newcomers = await insert(VISITORS, true)
  const [refreshing, engaged] = await insert(2, true)
  await installation.sql.query('VACUUM ANALYZE')
  if (!stranger || !refreshing || !engaged) throw new Error('There are no visitors.')
  const view = (visitor: typeof stranger) => {
    const ask = clientOf(installation, visitor)
    return () => resolve(ask, installation.url)
  }
  const first = await view(engaged)()
  if (first === null) throw new Error('The last dialogue is for its visitors.')
  await answer(clientOf(installation, engaged), first)
  const nextNewcomer = () => {
    const newcomer = newcomers.pop()
    if (newcomer === undefined) throw new Error('There are too few visitors.')
    return view(newcomer)()
  }
  const reading = readDefinitions(installation, workspaceId)
  const measured = { installation, visitor: stranger, reading }
  return [
    await measure('no dialogue fits', { ...measured, work: view(stranger) }),
    await measure('the last one fits, first page view', { ...measured, work: nextNewcomer }),
    await measure('the same, next page view', { ...measured, work: view(refreshing) }),
    await measure('an answered one goes on', { ...measured, work: view(engaged) }),
    await measureMatching(installation, measured),
  ]
}

/** The yardstick: a plain driver reads what is published. */
function readDefinitions({ sql }: Installation, workspaceId: string) {
  return () =>
    sql.query({
      name: 'published',
      text: `SELECT v."definition" FROM "Dialogue" d JOIN "DialogueVersion" v ON v."id" = d."publishedVersionId"
        WHERE d."workspaceId" = $1 AND d."deletedAt" IS NULL`,
      values: [workspaceId],
    })
}

interface Measured {
  installation: Installation
  visitor: Parameters<typeof clientOf>[1]
  reading: () => Promise<unknown>
}

async function measure(
  name: string,
  { installation, visitor, reading, work }: Measured & { work: () => Promise<unknown> },
): Promise<Line> {
  const ask = clientOf(installation, visitor)
  await work()
  const statements = (await statementsOf(work)).length
  const times = await measureInTurn([work, () => ask({ query: '{ __typename }' }), reading])
  const [asked = [], nothing = [], readings = []] = times
  return { name, rows: DIALOGUES, times: asked, nothing, reading: readings, statements, bar: BAR }
}

/** The decision alone, without a database. */
async function measureMatching({ url }: Installation, { reading, ...of }: Measured): Promise<Line> {
  const ask = clientOf(of.installation, of.visitor)
  const published = definitions(new URL(url).origin).map((definition, index) => {
    return { dialogueId: String(index), versionId: String(index), program: toProgram(definition) }
  })
  const choose = async () =>
    chooseDialogue({
      published,
      open: [],
      completedIds: new Set(),
      page: readPage(new URL(`${url}/pricing`)),
      read: (attribute) => readValueOf(PERSON, attribute),
    })
  const chosen = await choose()
  if (chosen?.kind !== 'SHOW' || chosen.published !== published.at(-1)) {
    throw new Error('The last dialogue must be the only one that fits.')
  }
  const times = await measureInTurn([choose, () => ask({ query: '{ __typename }' }), reading])
  const [asked = [], nothing = [], readings = []] = times
  return {
    ...{ name: 'the decision alone', rows: DIALOGUES, statements: 0, bar: MATCHING_BAR },
    ...{ times: asked, nothing, reading: readings },
  }
}
