// Sets up the application, a workspace and its people for a test file, in one call:
//
//     const { app, acme, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor })
//
// It starts the application before the first test, creates a new workspace with these people before each test, with the
// clock at START, and stops the application after the last test. Each name refers to the object of the current test.
import { beforeAll, beforeEach, onTestFinished } from 'vitest'
import type { Database } from '../../src/database/open.ts'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from './actors.ts'
import { START, startApp, type TestApp } from './app.ts'
import { createBookableAgent, createVisitor, type Hours } from './booking.ts'
import { createChatAgent } from './chat.ts'
import { endEarlierJobs } from './jobs.ts'
import { type Mutation, mutate, type Result } from './mutate.ts'

/** Creates a person or an object of a scene.
 * @param name the full name of the key, for example Ada Lovelace for `ada` */
type Create<App, Created extends object = object> = (
  app: App,
  workspace: TestWorkspace,
  name: string,
) => Promise<Created>

/** What a scene creates, by the names that the test uses. */
export type People<App> = Record<string, Create<App>>

interface Stage<App> {
  app: App
  acme: TestWorkspace
  /** The administrator of the workspace. */
  admin: Staff
  database: Database
  /** Runs a mutation that takes one input and returns a union. */
  mutate(call: Mutation): Promise<Result>
}

export type Scene<App, Cast> = Readonly<Stage<App>> & {
  readonly [Key in keyof Cast]: Cast[Key] extends (...values: never[]) => Promise<infer Created>
    ? Created
    : never
}

export interface SceneOptions<App> {
  /** Starts the application. Default: `startApp` without options. */
  start?: () => Promise<App>
  /** Runs before the people are created, and returns the workspace. Default: ends the jobs of the tests before, sets the
   * clock to START, forgets faults and mails, and creates a workspace. */
  begin?: (app: App) => Promise<TestWorkspace>
  /** Creates the people once, for tests that change nothing. Default: before each test. */
  once?: boolean
  /** Starts an application, with its own database, for each test. Default: one for all tests. */
  appPerTest?: boolean
}

const NAMES: Record<string, string> = {
  ada: 'Ada Lovelace',
  alan: 'Alan Turing',
  beth: 'Beth Moore',
  cleo: 'Cleo Vance',
  grace: 'Grace Hopper',
}

/** Call it at the top of the file. People are created in the order in which they are named. */
export function useScene<App extends TestApp, Cast extends People<App>>(
  people: Cast,
  options: SceneOptions<App> & { start: () => Promise<App> },
): Scene<App, Cast>
export function useScene<Cast extends People<TestApp>>(
  people: Cast,
  options?: Omit<SceneOptions<TestApp>, 'start'>,
): Scene<TestApp, Cast>
export function useScene(
  people: People<TestApp>,
  {
    start = startApp,
    begin = createNewWorkspace,
    once = false,
    appPerTest = false,
  }: SceneOptions<TestApp> = {},
): Scene<TestApp, People<TestApp>> {
  const app = useApp(start, { perTest: appPerTest })
  const current = new Map<string, object>()
  const stand = <Value extends object>(key: string) => standIn(() => current.get(key) as Value | undefined)
  const createAll = async () => {
    const acme = await begin(app)
    current.set('acme', acme).set('admin', acme.admin)
    for (const [key, create] of Object.entries(people)) {
      current.set(key, await create(app, acme, NAMES[key] ?? key))
    }
  }
  if (once) beforeAll(createAll)
  else beforeEach(createAll)
  return {
    app,
    acme: stand<TestWorkspace>('acme'),
    admin: stand<Staff>('admin'),
    database: standIn(() => app.app.services.database),
    mutate: (call) => mutate(app, call),
    ...Object.fromEntries(Object.keys(people).map((key) => [key, stand(key)])),
  }
}

/** Starts the application before the first test, and stops it after the last. For files that need no workspace.
 * @param options.perTest starts one for each test instead */
export function useApp<App extends TestApp>(start: () => Promise<App>, { perTest = false } = {}): App {
  let started: App | undefined
  const app = standIn(() => started)
  const startUp = async () => {
    started = await start()
    return () => app.stop()
  }
  if (perTest) beforeEach(async () => onTestFinished(await startUp()))
  else beforeAll(startUp)
  return app
}

/** An agent with hours, a calendar and a place in the queue for meetings. */
export const bookable =
  (options: { name?: string; hours?: Hours } = {}): Create<TestApp, Staff> =>
  (app, workspace, name) =>
    createBookableAgent(app, workspace, { name, ...options })

/** An agent who is available for chats, at any hour. */
export const forChat: Create<TestApp, Staff> = createChatAgent

/** An agent with the role Agent, without hours or a calendar. */
export const anAgent: Create<TestApp, Staff> = createTestAgent

/** A visitor without a name or an e-mail. */
export const aVisitor: Create<TestApp, { token: string }> = async (app, workspace) => ({
  token: await createVisitor(app, workspace),
})

async function createNewWorkspace(app: TestApp): Promise<TestWorkspace> {
  await endEarlierJobs(app.app.services.database)
  app.clock.set(START)
  // Those of a client address outlive the workspace, and an earlier test may have used them on a later day.
  await app.app.services.database.budget.deleteMany()
  app.faults.length = 0
  app.mails.length = 0
  return createTestWorkspace(app)
}

/** @returns a proxy of the object that `find` returns at the time of each access; it throws while there is none */
export function standIn<Value extends object>(find: () => Value | undefined): Value {
  const found = () => {
    const value = find()
    if (value === undefined) throw new Error('The objects of a scene exist in tests and hooks only.')
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
