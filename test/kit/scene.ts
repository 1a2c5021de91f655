// Who and what is there in a test file, said in one call:
//
//     const { app, acme, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor })
//
// starts the application before the first test, gives each test a new workspace with these people at START, and stops the
// application in the end. Each of the names stands for the one of the current test.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from './actors.ts'
import { START, startApp, type TestApp } from './app.ts'
import { createBookableAgent, createVisitor, type Hours } from './booking.ts'
import { createChatAgent } from './chat.ts'
import { type Mutation, mutate, type Result } from './mutate.ts'

/** Makes somebody, or something, of a scene.
 * @param name of the one whose key it is: ada is Ada Lovelace */
type Create<App, Created extends object = object> = (
  app: App,
  workspace: TestWorkspace,
  name: string,
) => Promise<Created>

/** By the names that the test has for them. */
export type People<App> = Record<string, Create<App>>

interface Stage<App> {
  app: App
  acme: TestWorkspace
  /** The administrator of the workspace. */
  admin: Staff
  /** Runs a mutation that takes one input and answers a union. */
  mutate(call: Mutation): Promise<Result>
}

export type Scene<App, Cast> = Readonly<Stage<App>> & {
  readonly [Key in keyof Cast]: Cast[Key] extends (...values: never[]) => Promise<infer Created>
    ? Created
    : never
}

export interface SceneOptions<App> {
  /** Left out: `startApp` without options. */
  start?: () => Promise<App>
  /** Sets the stage. Left out: it is START, in a new workspace. */
  begin?: (app: App) => Promise<TestWorkspace>
  /** Set for all tests of the file, none of which changes what the others look at. Left out: for each anew. */
  once?: boolean
}

const NAMES: Record<string, string> = {
  ada: 'Ada Lovelace',
  alan: 'Alan Turing',
  beth: 'Beth Moore',
  cleo: 'Cleo Vance',
  grace: 'Grace Hopper',
}

/** To be called where the file begins, outside of tests. People are made in the order in which they are named. */
export function useScene<App extends TestApp = TestApp, Cast extends People<App> = People<App>>(
  people: Cast,
  options: SceneOptions<App> = {},
): Scene<App, Cast> {
  // Without options there is nothing that App could be but a TestApp.
  const { start = (() => startApp()) as unknown as () => Promise<App>, begin = beginAnew, once } = options
  const current = new Map<string, object>()
  const stand = <Value extends object>(key: string) => standIn(() => current.get(key) as Value | undefined)
  const app = stand<App>('app')
  const setStage = async () => {
    const acme = await begin(app)
    current.set('acme', acme).set('admin', acme.admin)
    for (const [key, create] of Object.entries(people)) {
      current.set(key, await create(app, acme, NAMES[key] ?? key))
    }
  }
  beforeAll(async () => {
    current.set('app', await start())
    if (once) await setStage()
  })
  if (!once) beforeEach(setStage)
  afterAll(() => current.has('app') && app.stop())
  const members = Object.keys(people).map((key) => [key, stand(key)])
  const stage: Stage<App> = {
    ...{ app, acme: stand<TestWorkspace>('acme'), admin: stand<Staff>('admin') },
    mutate: (call) => mutate(app, call),
  }
  return { ...stage, ...Object.fromEntries(members) }
}

/** An agent with hours, a calendar and a place among those for meetings. */
export const bookable =
  (options: { name?: string; hours?: Hours } = {}): Create<TestApp, Staff> =>
  (app, workspace, name) =>
    createBookableAgent(app, workspace, { name, ...options })

/** An agent who is there for chats, at any hour. */
export const forChat: Create<TestApp, Staff> = createChatAgent

/** An agent with nothing but the role. */
export const anAgent: Create<TestApp, Staff> = createTestAgent

/** A visitor of whom nothing is known. */
export const aVisitor: Create<TestApp, { token: string }> = async (app, workspace) => ({
  token: await createVisitor(app, workspace),
})

async function beginAnew(app: TestApp): Promise<TestWorkspace> {
  app.clock.set(START)
  return createTestWorkspace(app)
}

/** @returns what behaves as the one of the moment does, and throws while there is none */
function standIn<Value extends object>(find: () => Value | undefined): Value {
  const found = () => {
    const value = find()
    if (value === undefined) throw new Error('What is in a scene is there in tests only.')
    return value
  }
  return new Proxy({} as Value, {
    get: (_target, key) => Reflect.get(found(), key),
    set: (_target, key, value) => Reflect.set(found(), key, value),
    has: (_target, key) => Reflect.has(found(), key),
    ownKeys: () => Reflect.ownKeys(found()),
    getOwnPropertyDescriptor: (_target, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(found(), key)
      return descriptor && { ...descriptor, configurable: true }
    },
  })
}
