// Every event of the catalogue is read from the database as it was written. A new type does not compile here until it has
// an example.
import { expect, it } from 'vitest'
import { agentStream, appendEvents } from '../../../src/services/events/append-events.ts'
import type { EventType } from '../../../src/services/events/catalogue.ts'
import { type NewEvent, newEvent } from '../../../src/services/events/new-events.ts'
import { createReader } from '../../../src/services/events/stored-events.ts'
import { runTransaction } from '../../../src/services/transaction.ts'
import { useScene } from '../../kit/scene.ts'

const id = '0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f'
const agentId = '0192f0c1-7b2a-7c3d-8e4f-000000000001'
const conversationId = '0192f0c1-7b2a-7c3d-8e4f-000000000002'
const agent = { agentId }
const offer = { id, agentId, conversationId }
const conversation = { id: conversationId, agentId }

const EXAMPLES: { [Type in EventType]: NewEvent<Type>[] } = {
  MeetingChanged: [newEvent.meetingChanged({ meetingId: id, changeId: id, agentIds: [agentId] })],
  MeetingAvailabilityChanged: [newEvent.meetingAvailabilityChanged(agent)],
  LiveChatAvailabilityChanged: [newEvent.liveChatAvailabilityChanged(agent)],
  LiveChatStatusChanged: [newEvent.liveChatStatusChanged(agent)],
  CalendarChanged: [newEvent.calendarChanged(agent)],
  AgentChanged: [newEvent.agentChanged(agent)],
  TeamChanged: [newEvent.teamChanged({ teamId: id, agentIds: [agentId] })],
  WorkspaceChanged: [newEvent.workspaceChanged()],
  RoutingChanged: [newEvent.routingChanged({ kind: 'MEETING' })],
  ChatOffered: [newEvent.chatOffered(offer)],
  ChatOfferSettled: [newEvent.chatOfferSettled(offer)],
  ConversationChanged: [
    newEvent.conversationChanged(conversation),
    newEvent.conversationChanged({ id: conversationId, agentId: null }, { formerAgentId: agentId }),
  ],
  MessageSent: [
    newEvent.messageSent({ id }, conversation),
    newEvent.messageSent({ id }, { id: conversationId, agentId: null }),
  ],
  IdleWarning: [newEvent.idleWarning(conversation)],
  AccessChanged: [
    newEvent.accessChanged(agent),
    newEvent.accessChanged({ agentId, conversationId }),
    newEvent.accessChanged({ visitorId: id }),
    newEvent.accessChanged({ visitors: 'ALL' }),
  ],
  SlotsReleased: [newEvent.slotsReleased(agent)],
  BusyTimeChanged: [newEvent.busyTimeChanged(agent)],
}

const { app, acme } = useScene({}, { once: true })

it.each(Object.entries(EXAMPLES))('%s is read as it was written', async (type, examples) => {
  const { services } = app.app
  const at = app.clock.now()
  const streamId = agentStream(type)
  const events = examples.map((example) => ({ ...example, agentIds: [type], conversationId: undefined }))
  await runTransaction(services, (tx) => appendEvents(tx, { workspaceId: acme.workspaceId, at, events }))
  const read = await createReader(services.database).readAfter(new Map([[streamId, 0]]), 100)
  const expected = examples.map(({ payload }, index) => ({ seq: index + 1, type, payload, at }))
  expect(read.get(streamId)).toEqual(expected)
})
