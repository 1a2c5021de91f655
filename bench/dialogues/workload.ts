// A workspace with as many published dialogues as the bars are for, all of which are compared with every page view: each is
// for the page, and its last condition decides.
import { randomUUID } from 'node:crypto'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import type { Condition } from '../../src/services/attributes/conditions.ts'
import { compile } from '../../src/services/dialogues/definition/compile.ts'
import type { Definition } from '../../src/services/dialogues/definition/compiled.ts'
import type { Draft, DraftCard } from '../../src/services/dialogues/definition/draft.ts'
import { hashDefinition } from '../../src/services/dialogues/definition/hash.ts'
import type { Described } from '../../src/services/people/attribute-values.ts'
import { createClient } from '../in-turn.ts'
import type { Installation } from '../installation.ts'
import { insertVisitors, insertWorkspace, type SeededVisitor } from '../workspace.ts'

export const DIALOGUES = 200
const CONDITIONS = 20
/** How many questions a dialogue asks. */
export const QUESTIONS = 10

const HOURS = { weekly: [], durationMinutes: 30, minimumNoticeMinutes: 0, bookingWindowDays: 60 }

const attribute = (name: string, more: Partial<Attribute> = {}): Attribute => ({
  ...{ id: randomUUID(), entity: 'PERSON', name, type: 'TEXT', values: [] },
  ...more,
})

const COUNTRY = attribute('country', { type: 'PICKLIST', values: ['Chile', 'France', 'Japan', 'Kenya'] })
const SEATS = attribute('seats', { type: 'INTEGER' })
const RENEWS_ON = attribute('renewsOn', { type: 'DATE' })
const INDUSTRY = attribute('industry', { entity: 'COMPANY' })
const JOB_TITLE = attribute('jobTitle')
const PLAN = attribute('plan')
const ATTRIBUTES = [COUNTRY, SEATS, RENEWS_ON, INDUSTRY, JOB_TITLE, PLAN]

/** What is known of every visitor: as columns and JSON of its person. */
export const PERSON: Described = {
  email: null,
  firstName: null,
  lastName: null,
  jobTitle: 'Head of Engine Maintenance',
  phone: null,
  companyName: null,
  companyDomain: null,
  companyAttributes: { industry: 'Café Machines' },
  attributes: { country: 'Chile', seats: 40, renewsOn: '2027-03-01', plan: 'plan 200' },
}

type Of = Omit<Condition<Attribute>, 'attribute'>

/** All are met by `PERSON`. */
const MET: [Attribute, Of][] = [
  [COUNTRY, { operator: 'IN', values: ['France', 'Japan', 'Chile'] }],
  [SEATS, { operator: 'GREATER_THAN', values: ['10'] }],
  [RENEWS_ON, { operator: 'LESS_THAN', values: ['2027-12-31'] }],
  [INDUSTRY, { operator: 'IS', values: ['café machines'] }],
  [JOB_TITLE, { operator: 'CONTAINS', values: ['engine'] }],
  [COUNTRY, { operator: 'IS_NOT', values: ['Kenya'] }],
  [JOB_TITLE, { operator: 'STARTS_WITH', values: ['head'] }],
  [SEATS, { operator: 'LESS_THAN', values: ['1000'] }],
  [INDUSTRY, { operator: 'IS_NOT_EMPTY', values: [] }],
]

/** @param number of the dialogue: its last condition is met if it is the last dialogue */
function conditionsOf(number: number): Condition<string>[] {
  const all = Array.from({ length: CONDITIONS }, (_, index) => MET[index % MET.length])
  all[CONDITIONS - 1] = [PLAN, { operator: 'IS', values: [`plan ${number}`] }]
  return all.flatMap((each) => (each ? [{ attribute: each[0].id, ...each[1] }] : []))
}

function cardsOf(): DraftCard[] {
  const questions = Array.from({ length: QUESTIONS }, (_, index): DraftCard => {
    const next = index + 1 < QUESTIONS ? `hint-${index + 1}` : 'bye'
    const answers = ['yes', 'no'].map((key) => ({ key, label: key, value: key, next: null }))
    const text = 'Do you take punched cards, and from when on?'
    return { kind: 'QUESTION', key: `question-${index}`, text, attribute: null, answers, next }
  })
  return questions.flatMap((question, index): DraftCard[] => [
    { kind: 'MESSAGE', key: `hint-${index}`, text: 'One more thing, <b>please</b>.', next: question.key },
    question,
    ...(index + 1 === QUESTIONS
      ? [{ kind: 'MESSAGE', key: 'bye', text: 'Thank you!', next: null } as const]
      : []),
  ])
}

export function definitions(targetUrl: string): Definition[] {
  return Array.from({ length: DIALOGUES }, (_, index) => {
    const draft: Draft = {
      audience: { match: 'ALL', conditions: conditionsOf(index + 1), groups: [] },
      targetUrls: [targetUrl],
      excludedUrls: [`${targetUrl}/internal/*`],
      trigger: null,
      cards: cardsOf(),
    }
    const name = `Dialogue ${index + 1}`
    const named = { attributes: new Map(ATTRIBUTES.map((each) => [each.id, each])), flows: new Map() }
    return compile({ name, kind: 'DIALOGUE', priority: index + 1, draft }, named)
  })
}

/** @returns the workspace, whose last dialogue is for its visitors */
export async function insertDialogues(installation: Installation): Promise<string> {
  const { app, url, now } = installation
  const { workspaceId } = await insertWorkspace(installation, { agents: 1, hours: HOURS })
  const { database } = app.services
  for (const definition of definitions(new URL(url).origin)) {
    const { name, kind, priority } = definition
    const dialogue = { workspaceId, name, kind, priority, draft: {}, createdAt: now, updatedAt: now }
    const { id: dialogueId } = await database.dialogue.create({ data: dialogue })
    const { id } = await database.dialogueVersion.create({
      data: {
        ...{ workspaceId, dialogueId, number: 1, publishedAt: now },
        hash: Uint8Array.from(hashDefinition(definition)),
        definition: JSON.parse(JSON.stringify(definition)),
      },
    })
    await database.dialogue.update({ where: { id: dialogueId }, data: { publishedVersionId: id } })
  }
  return workspaceId
}

/** @param given.fits whether the last dialogue is for them; otherwise none is */
export async function insertDescribedVisitors(
  installation: Installation,
  { workspaceId, count, fits }: { workspaceId: string; count: number; fits: boolean },
): Promise<SeededVisitor[]> {
  const visitors = await insertVisitors(installation, { workspaceId, count })
  const { jobTitle, companyAttributes, attributes } = PERSON
  await installation.sql.query(
    `UPDATE "Person" SET "jobTitle" = $2, "companyAttributes" = $3, "attributes" = $4 WHERE "id" = ANY($1::uuid[])`,
    [
      visitors.map(({ personId }) => personId),
      jobTitle,
      companyAttributes,
      fits ? attributes : { ...Object(attributes), plan: 'none of them' },
    ],
  )
  return visitors
}

/** As much as a chat window shows. */
const SESSION = `... on DialogueSession {
  id dialogueName step completed
  transcript { author cardKey text runs { text bold italic url } sentAt document { name url } warning }
  pending { key kind text options { key label } inputType placeholder value target { agentId teamId roundRobin } }
  startAfter { timeOnPageSeconds timeOnSiteSeconds scrollPercent }
  conversation { id state }
}`

export interface AskedSession {
  id: string
  step: number
  pending: { key: string }[]
}

type Ask = (body: object) => Promise<string>

/** @returns null when there is no dialogue */
export async function resolve(ask: Ask, url: string): Promise<AskedSession | null> {
  const query = `mutation ($input: ResolveDialogueInput!) {
    resolveDialogue(input: $input) { ${SESSION} ... on NoDialogue { because } ... on Error { message } }
  }`
  const answer = await ask({ query, variables: { input: { pageUrl: `${url}/pricing` } } })
  return sessionOf(JSON.parse(answer).data.resolveDialogue)
}

export async function answer(ask: Ask, { id, step, pending }: AskedSession): Promise<AskedSession> {
  const query = `mutation ($input: AnswerCardInput!) {
    answerCard(input: $input) { ${SESSION} ... on Error { message } }
  }`
  const input = { sessionId: id, step, cardKey: pending[0]?.key, answerKey: 'yes', clientKey: randomUUID() }
  const session = sessionOf(JSON.parse(await ask({ query, variables: { input } })).data.answerCard)
  if (session === null) throw new Error('The answer was not taken.')
  return session
}

function sessionOf(result: AskedSession | { because: string } | { message: string }): AskedSession | null {
  if ('message' in result) throw new Error(result.message)
  return 'because' in result ? null : result
}

export const clientOf = ({ url }: Installation, { token }: SeededVisitor): Ask => createClient(url, token)
