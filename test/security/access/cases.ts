// Valid variables for each row of the table, made for whoever may. A row is named by its operation and its way to name what
// it is about.
import { randomUUID } from 'node:crypto'
import { A_DIALOGUE } from '../../kit/dialogue-editing.ts'
import { answer, SITE } from '../../kit/dialogues.ts'
import { createBrowser } from '../../kit/push-browser.ts'
import { CARD_CASES, conditionsOn } from './card-cases.ts'
import { type Case, freeTime, newAttribute } from './case.ts'
import { type Scene, SLUG } from './scene.ts'
import type { Viewer } from './table.ts'

export interface Prepared {
  variables: Record<string, unknown>
  /** For the holder of a link, if others must say more. */
  withLink?: Record<string, unknown>
  /** In place of those of the scene. */
  tokens?: Partial<Record<Viewer, string>>
}
type Prepare = (made: Case) => Prepared | Promise<Prepared>
type Cases = Record<string, Prepare>

const HOURS = { timeZone: 'Europe/Berlin', weekly: [{ weekday: 'TUESDAY', start: '10:00', end: '16:00' }] }
const DAY = { from: '2026-03-05T08:00:00Z', to: '2026-03-06T08:00:00Z', timeZone: 'UTC' }

const DATES = { from: '2026-03-01', to: '2026-03-31', timeZone: 'UTC' }

const withInput = (input: object): Prepared => ({ variables: { input } })
const of =
  (variables: Record<string, unknown> = {}): Prepare =>
  () => ({ variables })
/** Settings of Ada. */
const ofAda =
  (input: object = {}): Prepare =>
  ({ scene }) =>
    withInput({ agentId: scene.ada.id, ...input })
/** Settings of a further agent, who takes the place of Ada. */
const ofAgent =
  (input: object = {}): Prepare =>
  async ({ agent }) => {
    const { id: agentId, token } = await agent()
    return { ...withInput({ agentId, ...input }), tokens: { agent: token } }
  }
/** A chat of Ada and the visitor. */
const ofChat =
  (input: (scene: Scene) => object): Prepare =>
  async ({ chat, scene }) =>
    withInput({ conversationId: (await chat()).conversationId, ...input(scene) })
const message = () => ({ text: 'We do.', clientKey: randomUUID() })

const TARGETS: Record<string, (scene: Scene) => object> = {
  agentId: ({ ada }) => ({ agentId: ada.id }),
  teamId: ({ teamId }) => ({ teamId }),
  slug: () => ({ slug: SLUG }),
  roundRobin: () => ({ roundRobin: true }),
}
/** @returns a case for each way to name a target */
const eachTarget = (name: string, prepare: (target: object, made: Case) => ReturnType<Prepare>): Cases =>
  Object.fromEntries(
    Object.entries(TARGETS).map(([choice, target]) => [
      name + choice,
      (made: Case) => prepare(target(made.scene), made),
    ]),
  )

/** @returns a case for each way to name a meeting */
const eachMeeting = (name: string, more: () => object = () => ({})): Cases => ({
  [`${name} meetingId`]: async ({ meeting }) => {
    const { meetingId, link } = await meeting()
    return { ...withInput({ meeting: { meetingId }, ...more() }), tokens: { link } }
  },
  [`${name} manageToken`]: async ({ meeting }) => {
    const { link } = await meeting()
    return { ...withInput({ meeting: { manageToken: link }, ...more() }), tokens: { link } }
  },
})

/** The holder of a link books again, for the same person, when its meeting is cancelled. */
async function booking(
  { linkOfCancelled }: Case,
  slotOf: () => object | Promise<object>,
  more = {},
): Promise<Prepared> {
  const person = { email: `${randomUUID()}@navy.example`, firstName: 'Grace' }
  const tokens = { link: await linkOfCancelled() }
  const input = { slot: await slotOf(), timeZone: 'UTC', ...more }
  return { variables: { input: { ...input, person } }, withLink: { input }, tokens }
}

const slots = (name: string): Cases => ({
  ...eachTarget(`${name} `, (target) => ({ variables: { target, ...DAY } })),
  [`${name} movingMeetingId`]: async ({ meeting }) => {
    const { meetingId, link } = await meeting()
    return { variables: { movingMeetingId: meetingId, ...DAY }, tokens: { link } }
  },
  [`${name} manageToken`]: async ({ meeting }) => {
    const { link } = await meeting()
    return { variables: { manageToken: link, ...DAY }, tokens: { link } }
  },
})

const node = (type: string, idOf: (made: Case) => string | Promise<string>): Cases => ({
  [`node ${type}`]: async (made) => ({ variables: { id: await idOf(made) } }),
})

const A_FILE = { ...A_DIALOGUE, format: 'switchboard-dialogue/1' }

const MUTATIONS: Cases = {
  startVisit: ({ scene }) => withInput({ publicKey: scene.acme.publicKey }),
  identifyVisitor: () => withInput({ person: { firstName: 'Rear' } }),

  // Settings.
  createAgent: ({ roleId }) =>
    withInput({ name: 'Cleo Vance', email: `cleo@${randomUUID()}.example`, roleIds: [roleId] }),
  updateAgent: ofAda({ name: 'Zxqvy Ada King' }),
  'updateAgent roleIds': ({ scene, roleId }) => withInput({ agentId: scene.ada.id, roleIds: [roleId] }),
  removeAgent: ofAgent(),
  resetSignIn: ofAda(),
  saveTeam: ({ scene }) => withInput({ name: randomUUID(), agentIds: [scene.ada.id] }),
  'saveTeam teamId': async ({ team, scene }) =>
    withInput({ teamId: await team(), name: randomUUID(), agentIds: [scene.beth.id] }),
  deleteTeam: async ({ team }) => withInput({ teamId: await team() }),
  moveInRoutingQueue: ofAda({ kind: 'MEETING', position: 2 }),
  setRoutingPaused: ofAda({ kind: 'MEETING', paused: false }),
  setMeetingAvailability: ofAgent(HOURS),
  setLiveChatAvailability: ofAgent(HOURS),
  setAvailabilityToggle: ofAda({ available: true }),
  clearAvailabilityToggle: ofAda(),
  connectBuiltInCalendar: ofAda(),
  disconnectCalendar: ofAgent(),
  startCalendarConnection: async ({ freshAgent }) => {
    const { id: agentId, token } = await freshAgent()
    return { ...withInput({ agentId, provider: 'GOOGLE' }), tokens: { agent: token } }
  },
  updateInvitation: ofAda({ subject: '{{agent.name}} calls' }),
  saveAttribute: () => withInput(newAttribute()),
  'saveAttribute attributeId': async ({ attribute }) =>
    withInput({ attributeId: await attribute(), label: randomUUID() }),
  deleteAttribute: async ({ attribute }) => withInput({ attributeId: await attribute() }),
  updateWorkspace: () => withInput({ liveChatSettings: { offerTimeoutSeconds: 90 } }),
  replaceIdentitySecret: () => withInput({}),
  registerPushSubscription: () => withInput(createBrowser()),
  unregisterPushSubscription: async ({ browser }) => withInput({ endpoint: (await browser()).endpoint }),

  // Chats.
  ...eachTarget('requestLiveChat ', (target) => withInput({ target, text: 'Hello?' })),
  acceptChat: async ({ offer }) => withInput({ offerId: (await offer()).offerId }),
  declineChat: async ({ offer }) => withInput({ offerId: (await offer()).offerId }),
  sendMessage: ofChat(message),
  shareCalendar: ofChat(message),
  'shareCalendar agentId': ofChat(({ beth }) => ({ ...message(), agentId: beth.id })),
  markRead: async ({ chat }) => {
    const { conversationId, messageId } = await chat()
    return withInput({ conversationId, messageId })
  },
  signalTyping: ofChat(() => ({})),
  scoreConversation: ofChat(() => ({ score: 3 })),
  'transferChat agentId': ofChat(({ beth }) => ({ receiver: { agentId: beth.id } })),
  'transferChat teamId': ofChat(({ teamId }) => ({ receiver: { teamId } })),
  takeOverChat: ofChat(() => ({})),
  endChat: ofChat(() => ({})),

  // Meetings.
  ...eachTarget('holdSlot ', (target) => withInput({ target, startsAt: freeTime() })),
  releaseHold: async ({ hold }) => withInput({ holdId: await hold() }),
  ...eachTarget('bookMeeting free.', (target, made) =>
    booking(made, () => ({ free: { target, startsAt: freeTime() } })),
  ),
  'bookMeeting holdId': (made) => booking(made, async () => ({ holdId: await made.hold() })),
  'bookMeeting conversationId': async (made) => {
    const { conversationId } = await made.chat()
    const free = { target: { roundRobin: true }, startsAt: freeTime() }
    return booking(made, () => ({ free }), { conversationId })
  },
  ...eachMeeting('rescheduleMeeting', () => ({ startsAt: freeTime() })),
  ...eachMeeting('cancelMeeting'),
  reassignMeeting: async ({ meeting, scene }) => {
    const { meetingId, link } = await meeting()
    return { ...withInput({ meetingId, agentId: scene.beth.id }), tokens: { link } }
  },
  recordMeetingOutcome: async ({ pastMeeting }) => {
    const { meetingId, link } = await pastMeeting()
    return { ...withInput({ meetingId, outcome: 'HELD' }), tokens: { link } }
  },
  updatePerson: async ({ chat, personId }) => {
    await chat()
    return withInput({ personId: await personId(), person: { firstName: 'Rear' } })
  },
  erasePerson: async ({ personId }) => withInput({ personId: await personId() }),

  // Dialogues.
  ...CARD_CASES,
  'saveDialogue dialogueId': async ({ dialogueId }) =>
    withInput({ ...A_DIALOGUE, dialogueId: await dialogueId(), version: 1 }),
  'saveDialogue audience': async ({ attributeId }) =>
    withInput({ ...A_DIALOGUE, audience: conditionsOn(await attributeId()) }),
  publishDialogue: async ({ dialogueId }) => withInput({ dialogueId: await dialogueId() }),
  unpublishDialogue: async ({ dialogueId }) => withInput({ dialogueId: await dialogueId() }),
  deleteDialogue: async ({ dialogueId }) => withInput({ dialogueId: await dialogueId() }),
  duplicateDialogue: async ({ dialogueId }) => withInput({ dialogueId: await dialogueId() }),
  importDialogue: () => withInput({ dialogue: A_FILE }),
  resolveDialogue: () => withInput({ pageUrl: SITE }),
  'resolveDialogue flowId': async ({ flowId }) => withInput({ pageUrl: SITE, flowId: await flowId() }),
  noteTrigger: async ({ dialogue }) => withInput({ sessionId: (await dialogue()).id }),
  answerCard: async ({ dialogue }) => {
    const { id: sessionId, step } = await dialogue()
    return withInput({ sessionId, step, cardKey: 'size', answerKey: 'large', clientKey: randomUUID() })
  },
  'answerCard holdId': async ({ scene, token, dialogue, hold }) => {
    const { id: sessionId, step } = await answer(scene.app, await token(), await dialogue(), { key: 'large' })
    const meeting = {
      holdId: await hold(),
      timeZone: 'UTC',
      person: { email: `${randomUUID()}@navy.example` },
    }
    return withInput({ sessionId, step, cardKey: 'meet', meeting, clientKey: randomUUID() })
  },
  noteDocument: async ({ dialogue }) =>
    withInput({ sessionId: (await dialogue()).id, cardKey: 'paper', action: 'OPENED' }),
}

const QUERIES: Cases = {
  agents: of(),
  'agents teamId': ({ scene }) => ({ variables: { teamId: scene.teamId } }),
  attributes: of(),
  conversations: of(),
  'conversations agentIds': ({ scene }) => ({ variables: { filter: { agentIds: [scene.ada.id] } } }),
  ...eachTarget('explainRouting ', (target) => ({
    variables: { target, kind: 'MEETING', startsAt: freeTime() },
  })),
  dialogues: of(),
  exportReport: of({ kind: 'MEETINGS', ...DATES }),
  exportPerson: async ({ personId }) => ({ variables: { personId: await personId() } }),
  invitationTokens: of(),
  meetings: of(),
  'meetings agentIds': ({ scene }) => ({ variables: { filter: { agentIds: [scene.ada.id] } } }),
  'meetings teamId': ({ scene }) => ({ variables: { filter: { teamId: scene.teamId } } }),
  'meetings personId': async ({ personId }) => ({ variables: { filter: { personId: await personId() } } }),
  nodes: async ({ meeting }) => ({ variables: { ids: [(await meeting()).meetingId] } }),
  ...node('Agent', ({ scene }) => scene.ada.id),
  ...node('Attribute', ({ attribute }) => attribute()),
  ...node('Calendar', ({ calendarId }) => calendarId()),
  ...node('ChatOffer', async ({ offer }) => (await offer()).offerId),
  ...node('Conversation', async ({ chat }) => (await chat()).conversationId),
  ...node('Dialogue', ({ dialogueId }) => dialogueId()),
  ...node('DialogueSession', async ({ dialogue }) => (await dialogue()).id),
  ...node('Meeting', async ({ meeting }) => (await meeting()).meetingId),
  ...node('Message', async ({ chat }) => (await chat()).messageId),
  ...node('Person', ({ personId }) => personId()),
  ...node('PushSubscription', async ({ browser }) => (await browser()).id),
  ...node('Role', ({ roleId }) => roleId),
  ...node('SlotHold', ({ hold }) => hold()),
  ...node('Team', ({ scene }) => scene.teamId),
  ...node('Workspace', ({ workspaceId }) => workspaceId),
  people: of(),
  previewInvitation: ofAda({ subject: 'Hello', body: 'Hello' }),
  'previewInvitation personId': async ({ scene, chat, personId }) => {
    await chat()
    return withInput({ agentId: scene.ada.id, personId: await personId() })
  },
  pushPublicKey: of(),
  reports: of(DATES),
  roles: of(),
  routingQueue: of({ kind: 'MEETING' }),
  site: of(),
  ...slots('slots'),
  teams: of(),
  viewer: of(),
  viewerUnread: of(),
  workspace: of(),
}

const SUBSCRIPTIONS: Cases = {
  agentEvents: of(),
  conversationEvents: async ({ chat }) => ({
    variables: { conversationId: (await chat()).conversationId },
  }),
  ...slots('slotsChanged'),
  workspaceEvents: of(),
}

export const CASES: Cases = { ...MUTATIONS, ...QUERIES, ...SUBSCRIPTIONS }
