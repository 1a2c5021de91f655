// Starts the program as `npm start` does, as a process of its own that can be killed and started again. It reaches
// the program through its command line and HTTP only.
import { expect, vi } from 'vitest'
import type { Answer, Call } from './app.ts'
import { eventually } from './eventually.ts'
import { nested } from './meeting-input.ts'
import { type Program, START_DEADLINE_MS, spawnProgram } from './program.ts'

const ADDRESS = /^Switchboard is listening on (http:\S+)\.$/m

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']
const SET_HOURS = `mutation ($input: SetMeetingAvailabilityInput!) {
  result: setMeetingAvailability(input: $input) { __typename ... on Error { message } }
}`
const START_VISIT = `mutation ($input: StartVisitInput!) {
  result: startVisit(input: $input) { __typename ... on Visit { token } ... on Error { message } }
}`
const MEETING_FIELDS = `
  __typename
  ... on Meeting { id startsAt agent { id name } }
  ... on Error { message }
  ... on SlotUnavailableError { alternatives { startsAt } }`

/** Who one can be, as `/demo` answers it. Ids are global ids. */
export interface Demo {
  workspace: { id: string; name: string; publicKey: string }
  identities: { name: string; email: string; role: string; agentId: string; token: string }[]
}

/** The token of the first identity with a role. */
export function tokenOf({ identities }: Demo, role: 'ADMINISTRATOR' | 'AGENT'): string {
  const identity = identities.find((each) => each.role === role)
  if (identity === undefined) throw new Error(`The demo has no ${role}.`)
  return identity.token
}

export interface ServerProcess {
  url: string
  /** All that was written to stderr. */
  errors(): string
  /** Sends an operation and answers what came back. Throws when the connection breaks before the answer is whole. */
  execute<Data>(query: string, call?: Call): Promise<Answer<Data>>
  readDemo(): Promise<Demo>
  /** Ends the process with SIGKILL, at once when called; the promise is kept when it is gone. */
  kill(): Promise<void>
  /** It stands still, as on a machine that is suspended. */
  freeze(): void
  /** It goes on. */
  thaw(): void
  /** Ends it with SIGTERM, gently.
   * @returns the exit code */
  stop(): Promise<number | null>
}

/** A meeting, or why there is none. */
export interface MeetingResult {
  __typename: string
  /** Global id. */
  id: string
  message: string
  startsAt: string
  agent: { id: string; name: string }
  alternatives: { startsAt: string }[]
}

const running = new Set<Program>()
process.once('exit', () => killAll())

/** Starts the program on a Postgres database and waits until it is ready.
 * @param environment DATABASE_URL and DATA_DIR, and what else is to differ from the defaults */
export async function startServerProcess(environment: Record<string, string>): Promise<ServerProcess> {
  const program = spawnProgram(environment)
  const { process: child, errors } = program
  running.add(program)
  const exit = program.exitCode.finally(() => running.delete(program))
  const url = await waitUntilReady(program)
  return {
    url,
    errors,
    execute: (query, call) => execute(url, { query, ...call }),
    readDemo: async () => {
      const response = await fetch(`${url}/demo`, { headers: { accept: 'application/json' } })
      return await response.json()
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exit
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGTERM')
      return exit
    },
  }
}

/** Kills what a test left running. For `afterAll`. */
export async function killServerProcesses(): Promise<void> {
  const exits = [...running].map(({ exitCode }) => exitCode)
  killAll()
  await Promise.all(exits)
}

/** Opens every agent of the demo around the clock, for meetings of five minutes that need no notice.
 * @returns the agents' global ids, in the order of their turns */
export async function openAroundTheClock(server: ServerProcess): Promise<string[]> {
  const demo = await server.readDemo()
  const token = tokenOf(demo, 'ADMINISTRATOR')
  const agents = demo.identities.filter(({ role }) => role === 'AGENT')
  for (const { agentId } of agents) {
    const weekly = WEEKDAYS.map((weekday) => ({ weekday, start: '00:00', end: '24:00' }))
    const lengths = { durationMinutes: 5, minimumNoticeMinutes: 0 }
    const variables = { input: { agentId, timeZone: 'UTC', weekly, ...lengths } }
    const result = await ask<{ __typename: string }>(server, SET_HOURS, { variables, token })
    if (result.__typename !== 'MeetingAvailability') throw new Error(JSON.stringify(result))
  }
  return agents.map(({ agentId }) => agentId)
}

/** Waits until every node knows that a console of the agent is open: only then are chats offered to the agent.
 * @param token the agent's */
export async function waitUntilSignedIn(server: ServerProcess, token: string): Promise<void> {
  const query = '{ viewer { ... on Agent { liveChatStatus { signedIn } } } }'
  const isSignedIn = async () => {
    const { data } = await server.execute<{ viewer: { liveChatStatus: { signedIn: boolean } } }>(query, {
      token,
    })
    return data?.viewer.liveChatStatus.signedIn
  }
  await eventually(async () => expect(await isSignedIn()).toBe(true))
}

/** @returns the tokens of new visitors, each with an e-mail address of its own */
export async function startVisits(server: ServerProcess, count: number): Promise<string[]> {
  const { publicKey } = (await server.readDemo()).workspace
  const startVisit = async (number: number) => {
    const variables = { input: { publicKey, person: { email: `visitor${number}@example.com` } } }
    return (await ask<{ token: string }>(server, START_VISIT, { variables })).token
  }
  return Promise.all(Array.from({ length: count }, (_one, number) => startVisit(number)))
}

/** Books or moves a meeting.
 * @param call.input as for `mutateMeeting` of kit/booking.ts
 * @throws TypeError when the answer does not arrive
 * @throws Error with all that the server logged, when the answer is a fault of its own */
export async function mutateMeeting(
  server: ServerProcess,
  call: { mutation: 'bookMeeting' | 'rescheduleMeeting'; token: string; input: object },
): Promise<MeetingResult> {
  const { mutation, token, input } = call
  const type = mutation === 'bookMeeting' ? 'BookMeetingInput' : 'RescheduleMeetingInput'
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { ${MEETING_FIELDS} } }`
  return ask<MeetingResult>(server, query, { variables: { input: nested(mutation, input) }, token })
}

/** @throws Error with all that the server logged, when the answer is a fault */
async function ask<Result>(server: ServerProcess, query: string, call: Call): Promise<Result> {
  const { data, errors } = await server.execute<{ result: Result }>(query, call)
  if (!data) throw new Error(`The operation failed: ${JSON.stringify(errors)}\n${server.errors()}`)
  return data.result
}

function killAll(): void {
  for (const { process } of running) process.kill('SIGKILL')
}

async function waitUntilReady({ process, output, errors }: Program): Promise<string> {
  const until = <Value>(condition: () => Value | Promise<Value>) =>
    vi.waitUntil(
      async () => {
        if (process.exitCode !== null || process.signalCode !== null)
          throw new Error(`The server did not start: ${errors()}`)
        return condition()
      },
      { timeout: START_DEADLINE_MS, interval: 20 },
    )
  const url = await until(() => ADDRESS.exec(output())?.[1])
  await until(async () => (await fetch(`${url}/health/ready`)).ok)
  return url as string
}

async function execute<Data>(
  url: string,
  { query, variables, token, headers }: Call & { query: string },
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  })
  return await response.json()
}
