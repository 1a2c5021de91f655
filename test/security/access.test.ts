// Every operation, called by everybody, with input that is valid for whoever may.
import { type GraphQLInputType, getNamedType, isInputObjectType, isInterfaceType } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { connectCalendar, setHours } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { openEventStream } from '../kit/event-stream.ts'
import { eventually } from '../kit/eventually.ts'
import { callAs, expectNone, type Stage, secretsFor, stageOf } from './access/call.ts'
import { createCase, freeTime } from './access/case.ts'
import { CASES } from './access/cases.ts'
import { as, createScene, type Scene, snapshot } from './access/scene.ts'
import { FOREIGNERS, TABLE, VIEWERS, type Viewer } from './access/table.ts'
import { everyOperation, everySubscription, type Operation } from './every-operation.ts'

const WHERE = 'test/security/access/table.ts says who may, and cases.ts beside it has valid input'
const GENERATED = [...everyOperation({}), ...everySubscription({})]
const OPERATIONS = [...Map.groupBy(GENERATED, ({ name }) => name)]
const operationOf = (row: string) =>
  GENERATED.find(({ name, choice }) => row === `${name} ${choice}`) ??
  (GENERATED.find(({ name }) => name === row.split(' ')[0]) as Operation)

let scene: Scene
beforeAll(async () => {
  scene = await createScene()
  // Of somebody else than the visitors of the cases.
  scene.tokens.link = (await createCase(scene, 'Linus').meeting()).link
})
afterAll(() => scene.app.stop())

it('the table has a row for each operation, each way to name what it is about, and each type of node', () => {
  const types = Object.values(schema.getTypeMap()).filter(isInterfaceType)
  const nodes = types.filter(({ name }) => name === 'Node').flatMap((node) => schema.getPossibleTypes(node))
  const rows = GENERATED.map(({ name, choice }) => `${name} ${choice}`.trim())
  const needed = [...rows.filter((row) => row !== 'node'), ...nodes.map(({ name }) => `node ${name}`)]
  expect(
    needed.filter((row) => !(row in TABLE)),
    `Rows are missing: ${WHERE}`,
  ).toEqual([])
  expect(Object.keys(TABLE).sort(), WHERE).toEqual(Object.keys(CASES).sort())
})

it.each(OPERATIONS)(
  '%s does for everybody what the table says, and changes nothing when it refuses',
  async (name) => {
    const rows = Object.keys(CASES).filter((row) => row.split(' ')[0] === name)
    const used = new Set<string>()
    const found: Record<string, string> = {}
    for (const row of rows) found[row] = await lettersOf(row, used)
    expect(found, WHERE).toEqual(Object.fromEntries(rows.map((row) => [row, `${TABLE[row]} UU`])))
    const unused = idsIn(name).filter((path) => !used.has(path))
    expect(unused, `No case has these ids in its variables: ${WHERE}`).toEqual([])
    expect(scene.app.faults).toEqual([])
  },
)

const HEADS = '{ viewer { ... on Agent { streamHead } } workspace { streamHead } }'

it('subscriptions carry nothing to foreigners and colleagues of what happens to others, nor from their cursors', async () => {
  const { app, acme, globex, ada, beth, hank } = scene
  const made = createCase(scene)
  const { tokens } = await stageOf(made, { variables: {} })
  const open = async (row: string, viewer: Viewer, variables?: Record<string, unknown>) => {
    const { variables: valid = {} } = (await CASES[row]?.(made)) ?? {}
    const { document: query } = operationOf(row)
    const call = { query, variables: { ...valid, ...variables }, token: tokens[viewer] ?? '' }
    const stream = await openEventStream(app.server.url, call)
    const [first] = await stream.received(1)
    return { stream, row, viewer, first: JSON.stringify(first) }
  }
  const heads = await data<Record<string, { streamHead: string }>>(app.execute(HEADS, { token: ada.token }))
  for (const { streamHead: after } of Object.values(heads)) {
    for (const row of ['agentEvents', 'workspaceEvents']) {
      expect((await open(row, 'foreignAdministrator', { after })).first).toContain('CURSOR_UNKNOWN')
    }
  }
  const streams = [
    await open('agentEvents', 'foreignAdministrator'),
    await open('workspaceEvents', 'foreignAdministrator'),
    await open('slotsChanged roundRobin', 'foreignVisitor'),
    await open('agentEvents', 'colleague'),
    await open('workspaceEvents', 'colleague'),
  ]
  await made.chat()
  const { meetingId } = await made.meeting()
  await as(app, acme.admin, 'rescheduleMeeting', { meeting: { meetingId }, startsAt: freeTime() })
  // The last event of each is their own.
  for (const own of [globex.admin, beth]) {
    for (const mutation of ['connectBuiltInCalendar', 'disconnectCalendar']) await as(app, own, mutation, {})
  }
  await setHours(app, hank, {
    timeZone: 'UTC',
    weekly: [{ weekday: 'THURSDAY', start: '18:00', end: '20:00' }],
  })
  await connectCalendar(app, beth)
  for (const { stream, row, viewer } of streams) {
    const last = row.startsWith('slotsChanged') ? 'T19:30' : 'CalendarChanged'
    await eventually(() => expect(JSON.stringify(stream.events)).toContain(last))
    expectNone(stream.events, secretsFor(viewer))
  }
})

/** Those who are refused come first, all with the same objects, which must stay as they are. Of the others, each has new
 * objects for a mutation, because many can be done only once. */
async function lettersOf(row: string, used: Set<string>): Promise<string> {
  const operation = operationOf(row)
  const letters = new Map<Viewer, string>()
  let stage = await prepare(row)
  for (const path of pathsOf(stage.variables)) used.add(path)
  const call = async (viewer: Viewer) => {
    letters.set(viewer, await callAs(scene, { operation, viewer, stage }))
  }
  const { may = [], mayNot = [] } = Object.groupBy(VIEWERS, (viewer) =>
    '+*'.includes(letterFor(row, viewer)) ? 'may' : 'mayNot',
  )
  const before = await snapshot(scene)
  for (const viewer of mayNot) {
    await call(viewer)
    expect(await snapshot(scene), `${row} as ${viewer} has changed something`).toEqual(before)
  }
  for (const viewer of may) {
    if (operation.kind === 'mutation' && viewer !== may[0]) stage = await prepare(row)
    const isForeign = FOREIGNERS.includes(viewer) && letterFor(row, viewer) === '+'
    const ofAcme = isForeign ? await snapshot(scene, scene.acme.workspaceId) : []
    await call(viewer)
    if (!isForeign) continue
    const after = await snapshot(scene, scene.acme.workspaceId)
    expect(after, `${row} as ${viewer} has changed the other workspace`).toEqual(ofAcme)
  }
  return VIEWERS.map((viewer) =>
    (letters.get(viewer) ?? '').replace('+', letterFor(row, viewer) === '*' ? '*' : '+'),
  )
    .join('')
    .replace(/^(.)(...)(...)(..)(..)$/, '$1 $2 $3 $4 $5')
}

const letterFor = (row: string, viewer: Viewer): string =>
  TABLE[row]?.replaceAll(' ', '')[VIEWERS.indexOf(viewer)] ?? 'U'

async function prepare(row: string): Promise<Stage> {
  const made = createCase(scene)
  const prepared = await CASES[row]?.(made)
  return stageOf(made, prepared ?? { variables: {} })
}

/** The places of ids in the arguments of an operation: "input.meeting.meetingId". */
function idsIn(name: string): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const [field] = roots.flatMap((root) => root?.getFields()[name] ?? [])
  const within = (path: string, type: GraphQLInputType): string[] => {
    const named = getNamedType(type)
    if (!isInputObjectType(named)) return named.name === 'ID' ? [path] : []
    return Object.values(named.getFields()).flatMap((each) => within(`${path}.${each.name}`, each.type))
  }
  return field?.args.flatMap((argument) => within(argument.name, argument.type)) ?? []
}

/** The places of values that are not null. */
function pathsOf(value: unknown, path = ''): string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value) && value.some((each) => typeof each === 'object')) {
    return value.flatMap((each) => pathsOf(each, path))
  }
  if (typeof value !== 'object' || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([key, within]) =>
    pathsOf(within, path === '' ? key : `${path}.${key}`),
  )
}
