// For each type of error, a mutation that returns it, however often it is called.
import { randomUUID } from 'node:crypto'
import { requestChat } from './chats.ts'
import type { Variables } from './clients/client.ts'
import { administrator, createAgent, createVisitor, mutate, type Person, workspaceKey } from './people.ts'
import { url } from './product.ts'

export interface Provocation {
  mutation: string
  viewer: Person
  input: Variables
}

const MAX_REQUESTS = 20

const agent = await createAgent()
const visitor = await createVisitor()

const PROVOCATIONS: Record<string, () => Promise<Provocation>> = {
  InvalidInputError: async () => ({
    mutation: 'createAgent',
    viewer: administrator,
    input: { name: '', email: 'ada' },
  }),
  ForbiddenError: async () => ({
    mutation: 'createAgent',
    viewer: agent,
    input: { name: 'Beth Moore', email: 'beth@acme.example' },
  }),
  NotFoundError: async () => ({
    mutation: 'deleteTeam',
    viewer: administrator,
    input: { teamId: 'unknown' },
  }),
  ConflictError: async () => {
    const name = `Team ${randomUUID()}`
    await mutate('saveTeam', administrator, { input: { name, agentIds: [] } })
    return { mutation: 'saveTeam', viewer: administrator, input: { name, agentIds: [] } }
  },
  AttributeInUseError: async () => {
    const name = `rank_${randomUUID().replaceAll('-', '_')}`
    const input = { entity: 'PERSON', name, type: 'TEXT' }
    const { id: attributeId } = await mutate('saveAttribute', administrator, { input })
    await mutate('updateInvitation', agent, { input: { body: `{{lead.${name}}}` }, select: '' })
    return { mutation: 'deleteAttribute', viewer: administrator, input: { attributeId } }
  },
  DialogueProblemsError: async () => {
    const input = { name: 'Empty', kind: 'DIALOGUE', cards: [] }
    const { id: dialogueId } = await mutate('saveDialogue', administrator, { input })
    return { mutation: 'publishDialogue', viewer: administrator, input: { dialogueId } }
  },
  StepTakenError: async () => {
    const viewer = await createVisitor()
    const pageUrl = new URL(url).origin
    const answers = ['a', 'b'].map((key) => ({ key, label: key }))
    const cards = [{ question: { key: 'ask', text: 'Which?', answers } }]
    // A flow, because the demo has dialogues on all of its pages.
    const flow = { name: 'Letters', kind: 'FLOW', cards }
    const { id: flowId } = await mutate('saveDialogue', administrator, { input: flow })
    await mutate('publishDialogue', administrator, { input: { dialogueId: flowId } })
    const { id: sessionId } = await mutate('resolveDialogue', viewer, { input: { pageUrl, flowId } })
    const answer = (answerKey: string) => {
      return { sessionId, step: 0, cardKey: 'ask', answerKey, clientKey: randomUUID() }
    }
    await mutate('answerCard', viewer, { input: answer('a') })
    return { mutation: 'answerCard', viewer, input: answer('b') }
  },
  SlotUnavailableError: async () => ({
    mutation: 'holdSlot',
    viewer: visitor,
    input: { target: { agentId: agent.id }, startsAt: '2020-01-01T00:00:00Z' },
  }),
  NoAgentAvailableError: async () => {
    const { id: teamId } = await mutate('saveTeam', administrator, {
      input: { name: `Team ${randomUUID()}`, agentIds: [] },
    })
    const startsAt = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString()
    return { mutation: 'holdSlot', viewer: visitor, input: { target: { teamId }, startsAt } }
  },
  OfferNoLongerOpenError: async () => {
    const { agent: viewer, offerId } = await requestChat()
    await mutate('declineChat', viewer, { input: { offerId } })
    return { mutation: 'acceptChat', viewer, input: { offerId } }
  },
  QuotaExceededError: async () => {
    const viewer = await createVisitor()
    const input = { target: { agentId: agent.id } }
    for (let request = 0; request < MAX_REQUESTS; request++)
      await mutate('requestLiveChat', viewer, { input })
    return { mutation: 'requestLiveChat', viewer, input }
  },
  ProofOfWorkRequiredError: async () => ({
    mutation: 'startVisit',
    viewer: visitor,
    input: { publicKey: workspaceKey, proofOfWork: 'wrong' },
  }),
  CalendarConnectionError: async () => ({
    mutation: 'startCalendarConnection',
    viewer: agent,
    input: { provider: 'GOOGLE' },
  }),
}

export const provokedErrors = Object.keys(PROVOCATIONS)

const prepared = new Map<string, Promise<Provocation>>()

/** Prepares a provocation when the first client needs it. */
export function prepareProvocation(error: string): Promise<Provocation> {
  const known = prepared.get(error) ?? PROVOCATIONS[error]?.()
  if (known === undefined) throw new Error(`Nothing provokes ${error}.`)
  prepared.set(error, known)
  return known
}
