// The cases of settings.
import { randomInt, randomUUID } from 'node:crypto'
import { type Case, type Cases, inConsole, inSettings } from './case.ts'
import type { Variables } from './clients/client.ts'
import { administrator, createAgent, mutate, newBrowser, type Person } from './people.ts'

const HOURS = { timeZone: 'Europe/Berlin', weekly: [{ weekday: 'TUESDAY', start: '10:00', end: '16:00' }] }

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

const newAttribute = () => ({
  entity: 'COMPANY',
  name: `size_${randomUUID().replaceAll('-', '_')}`,
  type: 'PICKLIST',
  values: ['Small'],
})

/** The administrator changes a new dialogue, which uses a new attribute. */
async function ofDialogue(input: Variables = {}, before?: string): Promise<Case> {
  const { key, fields } = await newDialogue()
  const { id: dialogueId } = await mutate('saveDialogue', administrator, { input: fields })
  if (before) await mutate(before, administrator, { input: { dialogueId } })
  return inSettings({ dialogueId, ...input }, key)
}

async function newDialogue() {
  const key = randomUUID()
  const { id: attributeId } = await mutate('saveAttribute', administrator, { input: newAttribute() })
  const action = { key: 'note', attributeId, value: 'Small' }
  const fields = {
    ...{ name: `Dialogue ${key}`, kind: 'DIALOGUE', targetUrls: ['https://acme.example'] },
    cards: [{ message: { key: 'hello', text: 'Hello!', next: 'note' } }, { action }],
  }
  return { key, fields }
}

export const SETTINGS_CASES: Cases = {
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
  updateInvitation: [
    () => ofAgent({ subject: '{{agent.name}} calls' }),
    () => ofAgent({ body: 'Dear {{lead.firstName:"visitor"}}' }),
  ],
  saveAttribute: [
    async () => inSettings(newAttribute()),
    async () => {
      const { id: attributeId } = await mutate('saveAttribute', administrator, { input: newAttribute() })
      return inSettings({ attributeId, label: 'Size', values: ['Small', 'Large'] })
    },
  ],
  deleteAttribute: [
    async () => {
      const { id: attributeId } = await mutate('saveAttribute', administrator, { input: newAttribute() })
      return inSettings({ attributeId })
    },
  ],
  saveDialogue: [
    async () => {
      const { key, fields } = await newDialogue()
      return inSettings(fields, key)
    },
    async () => {
      const { key, fields } = await newDialogue()
      const { id: dialogueId } = await mutate('saveDialogue', administrator, { input: fields })
      return inSettings({ ...fields, dialogueId, version: 1, name: `Other ${key}`, cards: [] }, key)
    },
  ],
  publishDialogue: [() => ofDialogue()],
  unpublishDialogue: [() => ofDialogue({}, 'publishDialogue')],
  deleteDialogue: [() => ofDialogue(), () => ofDialogue({}, 'publishDialogue')],
  duplicateDialogue: [() => ofDialogue()],
  importDialogue: [
    async () => {
      const { key, fields } = await newDialogue()
      const dialogue = { format: 'switchboard-dialogue/1', ...fields, cards: [] }
      return inSettings({ dialogue }, key)
    },
  ],
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
}
