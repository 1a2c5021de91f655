// For each mutation, viewers who look at a screen, with an input that changes what is on it. A mutation that is missing here
// fails the test.
import { randomInt, randomUUID } from 'node:crypto'
import { bookMeeting, findPast, findPerson, findSlots, requestChat, type Slots, startChat } from './chats.ts'
import type { Variables } from './clients/client.ts'
import { administrator, createAgent, createChatAgent, mutate, newBrowser, type Person } from './people.ts'
import type { ScreenName } from './screens.ts'

export interface Case {
  screen: ScreenName
  viewer: Person
  input: Variables
  /** The variables of the screen's query. */
  variables?: Variables
}

const HOURS = { timeZone: 'Europe/Berlin', weekly: [{ weekday: 'TUESDAY', start: '10:00', end: '16:00' }] }

/** The administrator looks at the agents whom a search finds. */
const inSettings = (input: Variables, search = 'nobody'): Case => ({
  screen: 'Settings',
  viewer: administrator,
  input,
  variables: { search },
})
/** An agent looks at the chats and meetings with a visitor. */
const inConsole = (viewer: Person, input: Variables, search = 'nobody'): Case => ({
  screen: 'Console',
  viewer,
  input,
  variables: { search },
})
const asVisitor = ({ visitor, variables }: Slots, input: Variables): Case => ({
  screen: 'Visitor',
  viewer: visitor,
  input,
  variables,
})

/** The administrator changes a new agent. */
async function ofAgent(input: Variables = {}, prepare?: (agent: Person) => Promise<unknown>): Promise<Case> {
  const key = randomUUID()
  const agent = await createAgent(key)
  await prepare?.(agent)
  return inSettings({ agentId: agent.id, ...input }, key)
}

async function createTeam(agents: Person[]): Promise<string> {
  const input = { name: `Team ${randomUUID()}`, agentIds: agents.map(({ id }) => id) }
  return (await mutate('saveTeam', administrator, { input })).id
}

const message = (conversationId: string) => ({ conversationId, text: 'We do.', clientKey: randomUUID() })

export const CASES: Record<string, (() => Promise<Case>)[]> = {
  // Settings.
  createAgent: [
    async () => {
      const key = randomUUID()
      return inSettings({ name: 'Beth Moore', email: `beth@${key}.example` }, key)
    },
  ],
  updateAgent: [
    () => ofAgent({ name: 'Ada King', pictureUrl: 'https://acme.example/ada.png' }),
    () => ofAgent({ slug: `ada-${randomUUID()}`, publiclyBookable: true }),
  ],
  removeAgent: [() => ofAgent({}, (agent) => createTeam([agent]))],
  resetSignIn: [() => ofAgent()],
  saveTeam: [
    async () => {
      const key = randomUUID()
      return inSettings({ name: `Team ${key}`, agentIds: [(await createAgent(key)).id] }, key)
    },
    async () => {
      const key = randomUUID()
      const [former, next] = [await createAgent(key), await createAgent(key)]
      return inSettings({ teamId: await createTeam([former]), name: `Team ${key}`, agentIds: [next.id] }, key)
    },
  ],
  deleteTeam: [
    async () => {
      const key = randomUUID()
      return inSettings({ teamId: await createTeam([await createAgent(key)]) }, key)
    },
  ],
  moveInRoutingQueue: [() => ofAgent({ kind: 'MEETING', position: 1 })],
  setRoutingPaused: [() => ofAgent({ kind: 'MEETING', paused: true })],
  setMeetingAvailability: [() => ofAgent(HOURS)],
  setLiveChatAvailability: [() => ofAgent(HOURS)],
  setAvailabilityToggle: [() => ofAgent({ available: true })],
  clearAvailabilityToggle: [
    () =>
      ofAgent({}, (agent) =>
        mutate('setAvailabilityToggle', agent, { input: { available: true }, select: '' }),
      ),
  ],
  connectBuiltInCalendar: [
    () => ofAgent({}, (agent) => mutate('disconnectCalendar', agent, { input: {}, select: '' })),
  ],
  disconnectCalendar: [() => ofAgent()],
  updateInvitation: [() => ofAgent({ subject: '{{agent.name}} calls' })],
  updateWorkspace: [
    async () => inSettings({ liveChatSettings: { offerTimeoutSeconds: randomInt(101, 600) } }),
  ],
  replaceIdentitySecret: [async () => inSettings({})],
  registerPushSubscription: [async () => inConsole(await createAgent(), newBrowser())],
  unregisterPushSubscription: [
    async () => {
      const [agent, browser] = [await createAgent(), newBrowser()]
      await mutate('registerPushSubscription', agent, { input: browser, select: '' })
      return inConsole(agent, { endpoint: browser.endpoint })
    },
  ],

  // Chats.
  requestLiveChat: [
    async () => {
      const [agent, slots] = [await createChatAgent(), await findSlots()]
      return asVisitor(slots, { target: { agentId: agent.id }, text: 'Hello?' })
    },
  ],
  acceptChat: [
    async () => {
      const { agent, visitor, offerId } = await requestChat()
      return inConsole(agent, { offerId }, visitor.key)
    },
  ],
  declineChat: [
    async () => {
      const { agent, visitor, offerId } = await requestChat()
      return inConsole(agent, { offerId }, visitor.key)
    },
  ],
  sendMessage: [
    async () => {
      const { agent, visitor, conversationId } = await startChat()
      return inConsole(agent, message(conversationId), visitor.key)
    },
    async () => {
      const { visitor, conversationId } = await startChat()
      return asVisitor({ ...(await findSlots()), visitor }, message(conversationId))
    },
  ],
  shareCalendar: [
    async () => {
      const { agent, visitor, conversationId } = await startChat()
      return inConsole(agent, message(conversationId), visitor.key)
    },
  ],
  markRead: [
    async () => {
      const { agent, visitor, conversationId, messageId } = await startChat()
      return inConsole(agent, { conversationId, messageId }, visitor.key)
    },
  ],
  signalTyping: [
    async () => {
      const { agent, visitor, conversationId } = await startChat()
      return inConsole(agent, { conversationId }, visitor.key)
    },
  ],
  scoreConversation: [
    async () => {
      const { agent, visitor, conversationId } = await startChat()
      return inConsole(agent, { conversationId, score: 3 }, visitor.key)
    },
  ],
  transferChat: [
    async () => {
      const [{ agent, visitor, conversationId }, other] = [await startChat(), await createChatAgent()]
      return inConsole(agent, { conversationId, receiver: { agentId: other.id } }, visitor.key)
    },
  ],
  takeOverChat: [
    async () => {
      const { visitor, conversationId } = await startChat()
      return inConsole(administrator, { conversationId }, visitor.key)
    },
  ],
  endChat: [
    async () => {
      const { agent, visitor, conversationId } = await startChat()
      return inConsole(agent, { conversationId }, visitor.key)
    },
    async () => {
      const { visitor, conversationId } = await requestChat()
      return inConsole(administrator, { conversationId }, visitor.key)
    },
  ],

  // Meetings.
  bookMeeting: [
    async () => {
      const slots = await findSlots()
      const free = { target: { agentId: slots.agent.id }, startsAt: slots.starts[0] }
      return asVisitor(slots, { slot: { free }, timeZone: 'UTC' })
    },
  ],
  rescheduleMeeting: [
    async () => {
      const meeting = await bookMeeting()
      return asVisitor(meeting, { meeting: { meetingId: meeting.meetingId }, startsAt: meeting.starts[0] })
    },
  ],
  cancelMeeting: [
    async () => {
      const meeting = await bookMeeting()
      return asVisitor(meeting, { meeting: { meetingId: meeting.meetingId } })
    },
  ],
  reassignMeeting: [
    async () => {
      const [{ visitor, meetingId }, other] = [await bookMeeting(), await createAgent()]
      return inConsole(administrator, { meetingId, agentId: other.id }, visitor.key)
    },
  ],
  recordMeetingOutcome: [
    async () => {
      const { id, person } = await findPast()
      return inConsole(administrator, { meetingId: id, outcome: 'HELD' }, person.email)
    },
  ],
  holdSlot: [
    async () => {
      const slots = await findSlots()
      return asVisitor(slots, { target: { agentId: slots.agent.id }, startsAt: slots.starts[0] })
    },
  ],
  releaseHold: [
    async () => {
      const slots = await findSlots()
      const input = { target: { agentId: slots.agent.id }, startsAt: slots.starts[0] }
      const { id: holdId } = await mutate('holdSlot', slots.visitor, { input })
      return asVisitor(slots, { holdId })
    },
  ],

  // People.
  erasePerson: [
    async () => {
      const { agent, visitor, conversationId } = await startChat()
      await mutate('endChat', agent, { input: { conversationId }, select: '' })
      return inConsole(administrator, { personId: await findPerson(visitor) }, visitor.key)
    },
  ],
  identifyVisitor: [async () => asVisitor(await findSlots(), { person: { firstName: 'Rear Admiral' } })],
  updatePerson: [
    async () => {
      const { visitor } = await startChat()
      const input = {
        personId: await findPerson(visitor),
        person: { firstName: 'Rear' },
        crmStatus: 'Customer',
      }
      return inConsole(administrator, input, visitor.key)
    },
  ],
}

/** Mutations that are not tried, and why. */
export const NOT_TRIED: Record<string, string> = {
  resolveDialogue: 'It begins the session that it returns: there was no screen before it.',
  noteTrigger: 'It returns the whole session, which is in no list.',
  answerCard: 'It returns the whole session, which is in no list.',
  noteDocument: 'It changes nothing that can be seen.',
  startVisit: 'It returns a new token: there was no screen before it.',
  startCalendarConnection:
    'It changes nothing until the agent has granted access on the page of the provider.',
}
