// What a case makes of its own in Acme: meetings, holds and chats of a new visitor with Ada.
import { randomUUID } from 'node:crypto'
import { decodeGlobalID, encodeGlobalID } from '@pothos/plugin-relay'
import { signMeetingLink } from '../../../src/services/identity/meeting-link.ts'
import { createTestAgent } from '../../kit/actors.ts'
import { START } from '../../kit/app.ts'
import { book, createBookableAgent, createVisitor, hold } from '../../kit/booking.ts'
import { acceptChat, lastOffer, requestChat, say } from '../../kit/chat.ts'
import { meetingCard } from '../../kit/dialogue-agents.ts'
import { document, question } from '../../kit/dialogue-cards.ts'
import { A_DIALOGUE } from '../../kit/dialogue-editing.ts'
import { answer, flowIdOf, publish, resolve } from '../../kit/dialogues.ts'
import { personIdOf } from '../../kit/people.ts'
import { createBrowser } from '../../kit/push-browser.ts'
import { as, MARKERS, type Scene, saveTeam } from './scene.ts'

export type Case = ReturnType<typeof createCase>

/** @param marker in what the visitor says about itself */
export function createCase(scene: Scene, marker = MARKERS.person) {
  const { app, acme, ada } = scene
  app.clock.set(START)
  const { database } = app.app.services
  const target = { agentId: ada.id }
  const email = `${marker}.${randomUUID()}@navy.example`.toLowerCase()
  let visitor: Promise<string> | undefined
  const token = () => {
    visitor ??= createVisitor(app, acme)
    return visitor
  }
  const meeting = async (startsAt = freeTime()) => {
    const input = { target, startsAt, person: { email, firstName: marker }, agenda: marker }
    const { id: meetingId } = await book(app, { token: await token(), input })
    const { id } = decodeGlobalID(meetingId)
    return { meetingId, link: signMeetingLink(app.app.services.signer, { meetingId: id, address: email }) }
  }
  const offer = async () => {
    await endChats(scene)
    const { id: conversationId } = await requestChat(app, await token(), { target, text: MARKERS.chat })
    return { conversationId, offerId: (await lastOffer(app, acme.admin.token, conversationId)).id }
  }
  return {
    scene,
    /** The visitor's token. */
    token,
    /** A meeting with Ada, and the token of its link. */
    meeting,
    /** The same, and it is the next day. */
    pastMeeting: async () => {
      const made = await meeting(new Date(Date.UTC(2026, 2, 9, 9, 30 * mondays++)).toISOString())
      app.clock.set('2026-03-10T08:00:00Z')
      return made
    },
    /** The token of the link to a meeting that was cancelled. */
    linkOfCancelled: async () => {
      const { meetingId, link } = await meeting()
      await as(app, acme.admin, 'cancelMeeting', { meeting: { meetingId } })
      return link
    },
    /** The id of a slot with Ada that the visitor holds. */
    hold: async () => (await hold(app, { token: await token(), input: { target, startsAt: freeTime() } })).id,
    /** A chat that was offered to Ada. */
    offer,
    /** A chat with Ada, in which both have said something. */
    chat: async () => {
      const { conversationId, offerId } = await offer()
      await acceptChat(app, ada.token, offerId)
      const { id: messageId } = await say(app, ada.token, { conversationId, text: MARKERS.chat })
      return { conversationId, offerId, messageId }
    },
    /** A dialogue of the visitor, which was answered once and has shown a document. */
    dialogue: async () => {
      const cards = [
        document('paper', 'color'),
        question('color', { red: 'size' }),
        question('size', { large: 'meet' }),
        meetingCard('meet'),
      ]
      const trigger = { timeOnPageSeconds: 1, timeOnSiteSeconds: null, scrollPercent: null }
      await publish(app, acme, { name: MARKERS.chat, cards, trigger })
      const session = await resolve(app, await token())
      return answer(app, await token(), session, { key: 'red' })
    },
    /** A flow that is published. */
    /** A draft of staff. */
    dialogueId: () =>
      as(app, acme.admin, 'saveDialogue', { ...A_DIALOGUE, name: `${MARKERS.workspace} ${randomUUID()}` }),
    /** An attribute of people. */
    attributeId: () =>
      as(app, acme.admin, 'saveAttribute', {
        ...{ entity: 'PERSON', type: 'TEXT', name: `a${randomUUID().replaceAll('-', '')}` },
      }),
    flowId: async () => flowIdOf(await publish(app, acme, { kind: 'FLOW', name: MARKERS.chat })),
    personId: async () => personIdOf(app, await token()),
    /** A further agent, who can be booked. */
    agent: () => createBookableAgent(app, acme, { name: `${MARKERS.workspace} ${randomUUID()}` }),
    /** One without a calendar. */
    freshAgent: () => createTestAgent(app, acme, `${MARKERS.workspace} ${randomUUID()}`),
    team: () => saveTeam(app, acme, [ada]),
    attribute: () => as(app, acme.admin, 'saveAttribute', newAttribute()),
    /** A browser in which Ada is notified. */
    browser: async () => {
      const browser = createBrowser()
      return { ...browser, id: await as(app, ada, 'registerPushSubscription', browser) }
    },
    calendarId: async () => {
      const { id } = await database.calendarConnection.findFirstOrThrow({ where: { agentId: ada.agentId } })
      return encodeGlobalID('Calendar', id)
    },
    roleId: encodeGlobalID('Role', acme.roleIds.get('Agent') ?? ''),
    workspaceId: encodeGlobalID('Workspace', acme.workspaceId),
  }
}

let mondays = 0
let times = 0
/** @returns the start of a slot that no case has had, from Tuesday to Friday */
export function freeTime(): string {
  const day = Math.floor(times / 16)
  const date = 3 + 7 * Math.floor(day / 4) + (day % 4)
  return new Date(Date.UTC(2026, 2, date, 9, 30 * (times++ % 16))).toISOString()
}

/** Ada has few seats. */
async function endChats({ app, acme }: Scene): Promise<void> {
  const where = { workspaceId: acme.workspaceId, endedAt: null }
  for (const { id } of await app.app.services.database.conversation.findMany({ where })) {
    await as(app, acme.admin, 'endChat', { conversationId: encodeGlobalID('Conversation', id) })
  }
}

export const newAttribute = () => ({
  entity: 'PERSON',
  name: `${MARKERS.workspace}_${randomUUID().replaceAll('-', '_')}`,
  type: 'TEXT',
})
