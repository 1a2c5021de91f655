// Dialogues as tests of the run time need them: what is published, and what a visitor does.
import { createHash, randomUUID } from 'node:crypto'
import { encodeGlobalID } from '@pothos/plugin-relay'
import type { Prisma } from '../../src/database/generated/client/client.ts'
import type { Card, Definition } from '../../src/services/dialogues/definition/compiled.ts'
import type { TestWorkspace } from './actors.ts'
import { data, type TestApp } from './app.ts'
import { ONE_QUESTION } from './dialogue-cards.ts'
import { mutate, type Result } from './mutate.ts'

type Door = Pick<TestApp, 'execute'>

export const SITE = 'https://www.acme.test'

// What is published.

export interface TestDialogue extends Partial<Omit<Definition, 'cards'>> {
  cards?: Card[]
}

const EVERYBODY: Definition['audience'] = { match: 'ALL', conditions: [], groups: [] }

function toDefinition({ cards = ONE_QUESTION, ...given }: TestDialogue): Definition {
  return {
    name: 'Colours',
    kind: 'DIALOGUE',
    priority: 1,
    audience: EVERYBODY,
    targetUrls: [SITE],
    excludedUrls: [],
    trigger: null,
    start: cards[0]?.key ?? '',
    flowIds: [],
    ...given,
    cards,
  } as Definition
}

/** @returns the id of a new dialogue, which is published */
export async function publish(
  app: TestApp,
  workspace: TestWorkspace,
  given: TestDialogue = {},
): Promise<string> {
  const { workspaceId } = workspace
  const { database } = app.app.services
  const now = app.clock.now()
  const { name, kind, priority, targetUrls, excludedUrls } = toDefinition(given)
  const audience = { match: 'ALL', conditions: [], groups: [] }
  const draft = { audience, targetUrls, excludedUrls, trigger: null, cards: [] }
  const { id } = await database.dialogue.create({
    data: { ...{ workspaceId, name, kind, priority }, draft, createdAt: now, updatedAt: now },
  })
  await republish(app, id, given)
  return id
}

/** Publishes a new version of a dialogue. */
export async function republish(app: TestApp, dialogueId: string, given: TestDialogue): Promise<void> {
  const { database } = app.app.services
  const { workspaceId } = await database.dialogue.findUniqueOrThrow({ where: { id: dialogueId } })
  const definition = toDefinition(given)
  const number = (await database.dialogueVersion.count({ where: { dialogueId } })) + 1
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest()
  const { id } = await database.dialogueVersion.create({
    data: {
      ...{ workspaceId, dialogueId, number, hash, publishedAt: app.clock.now() },
      definition: JSON.parse(JSON.stringify(definition)) as Prisma.InputJsonObject,
    },
  })
  await change(app, dialogueId, { publishedVersionId: id })
}

export const unpublish = (app: TestApp, dialogueId: string) =>
  change(app, dialogueId, { publishedVersionId: null })

/** Also ends its sessions. */
export async function deleteDialogue(app: TestApp, dialogueId: string): Promise<void> {
  const now = app.clock.now()
  await change(app, dialogueId, { publishedVersionId: null, deletedAt: now })
  const where = { dialogueId, endedAt: null }
  await app.app.services.database.dialogueSession.updateMany({ where, data: { endedAt: now } })
}

async function change(
  { app }: TestApp,
  id: string,
  changes: { publishedVersionId: string | null; deletedAt?: Date },
): Promise<void> {
  const { database } = app.services
  const { workspaceId } = await database.dialogue.update({ where: { id }, data: changes })
  const data = { dialogueRevision: { increment: 1 } }
  await database.workspace.update({ where: { id: workspaceId }, data })
}

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
