// The people of the tests: new agents and visitors of the demo's workspace, so that no test meets what another left.
import { createECDH, randomBytes, randomUUID } from 'node:crypto'
import { after } from 'node:test'
import { createClient } from 'graphql-ws'
import { type Data, socketUrl, type Variables } from './clients/client.ts'
import { read, readDemo, url, waitFor } from './product.ts'
import { schema } from './schema.ts'

export interface Person {
  /** Global id. */
  id: string
  token: string
  /** A text in the e-mail address, by which a search finds the person. */
  key: string
}

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']
const AT_ANY_HOUR = {
  timeZone: 'UTC',
  weekly: WEEKDAYS.map((weekday) => ({ weekday, start: '00:00', end: '24:00' })),
}

const demo = await readDemo()
export const workspaceKey = demo.workspace.publicKey
const identity = demo.identities.find(({ role }) => role === 'ADMINISTRATOR')

export const administrator: Person = {
  id: identity?.agentId ?? '',
  token: identity?.token ?? '',
  key: 'olivia',
}

/** Runs a mutation.
 * @returns its result
 * @throws Error if the result is an error */
export async function mutate(
  name: string,
  { token }: { token?: string },
  call: { input: Variables; select?: string },
): Promise<Data & { id: string }> {
  const type = schema.getMutationType()?.getFields()[name]?.args[0]?.type
  const document = `mutation ($input: ${type}) {
    result: ${name}(input: $input) { __typename ... on Error { message } ${call.select ?? '... on Node { id }'} }
  }`
  const { result } = (await read(document, { token: token ?? '', variables: { input: call.input } })) as {
    result: Data & { id: string }
  }
  if (String(result.__typename).endsWith('Error')) throw new Error(`${name}: ${JSON.stringify(result)}`)
  return result
}

/** An agent who can be booked at any hour, without notice. */
export async function createAgent(key: string = randomUUID()): Promise<Person> {
  const email = `${randomUUID()}@${key}.example`
  const { id } = await mutate('createAgent', administrator, { input: { name: 'Ada Lovelace', email } })
  const { identities } = await readDemo()
  const agent = { id, token: identities.find(({ agentId }) => agentId === id)?.token ?? '', key }
  const hours = { ...AT_ANY_HOUR, durationMinutes: 30, minimumNoticeMinutes: 0 }
  await mutate('setMeetingAvailability', agent, { input: hours, select: '' })
  await mutate('connectBuiltInCalendar', agent, { input: {} })
  return agent
}

/** An agent who takes chats at any hour, with an open console. */
export async function createChatAgent(): Promise<Person> {
  const agent = await createAgent()
  await mutate('setLiveChatAvailability', agent, { input: AT_ANY_HOUR, select: '' })
  const console = createClient({
    url: socketUrl(url),
    connectionParams: { authorization: `Bearer ${agent.token}` },
  })
  after(() => console.dispose())
  console.subscribe(
    { query: 'subscription { agentEvents { __typename } }' },
    {
      next: () => {},
      error: () => {},
      complete: () => {},
    },
  )
  await waitFor(async () => {
    const { viewer } = await read('{ viewer { ... on Agent { liveChatStatus { signedIn } } } }', agent)
    return (viewer as { liveChatStatus: { signedIn: boolean } }).liveChatStatus.signedIn
  })
  return agent
}

/** A visitor with an e-mail address. */
export async function createVisitor(): Promise<Person> {
  const key = randomUUID()
  const person = { email: `grace@${key}.example`, firstName: 'Grace' }
  const input = { publicKey: demo.workspace.publicKey, person }
  const { token, person: known } = await mutate(
    'startVisit',
    {},
    { input, select: '... on Visit { token person { id } }' },
  )
  return { id: (known as Person).id, token: String(token), key }
}

/** A browser that registers for push messages. */
export function newBrowser() {
  const keys = createECDH('prime256v1')
  return {
    endpoint: `https://push.example/${randomUUID()}`,
    p256dh: keys.generateKeys().toString('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
}
