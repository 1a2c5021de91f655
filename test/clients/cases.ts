// For each mutation, viewers who look at a screen, with an input that changes what is on it. A mutation that is missing here
// fails the test.
import { randomUUID } from 'node:crypto'
import { asVisitor, type Cases, inConsole } from './case.ts'
import { bookMeeting, findPast, findPerson, findSlots, requestChat, startChat } from './chats.ts'
import { administrator, createAgent, createChatAgent, mutate } from './people.ts'
import { SETTINGS_CASES } from './settings-cases.ts'

const message = (conversationId: string) => ({ conversationId, text: 'We do.', clientKey: randomUUID() })

export const CASES: Cases = {
  ...SETTINGS_CASES,

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
