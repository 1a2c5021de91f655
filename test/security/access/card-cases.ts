// Cases of saveDialogue: one for each kind of card, and for each way to name what it is about.
import { A_DIALOGUE } from '../../kit/dialogue-editing.ts'
import type { Case } from './case.ts'
import { MARKERS } from './scene.ts'

/** Conditions in groups as deep as they may be. */
export function conditionsOn(attributeId: string) {
  const group = { match: 'ALL', conditions: [{ attributeId, operator: 'IS_EMPTY' }] }
  return { ...group, groups: [{ ...group, groups: [group] }] }
}

const text = MARKERS.workspace

type Fields = (made: Case) => object | Promise<object>

const meeting =
  (routing: (made: Case) => object): Fields =>
  async (made) => {
    const attributeId = await made.attributeId()
    return { text, routing: routing(made), agentNameToId: attributeId, agentEmailToId: attributeId }
  }

const liveChat =
  (routing: (made: Case) => object): Fields =>
  (made) => ({ text, routing: routing(made) })

const agentId = ({ scene }: Case) => ({ agentId: scene.ada.id })
const teamId = ({ scene }: Case) => ({ teamId: scene.teamId })
const roundRobin = () => ({ roundRobin: true })
const rules = () => ({ rules: true })

/** The fields of a card, by the way to make it. */
const CARDS: Record<string, Fields> = {
  message: () => ({ text }),
  question: async ({ attributeId }) => ({
    ...{ text, attributeId: await attributeId() },
    answers: [{ key: 'a', label: 'A' }],
  }),
  capture: async ({ attributeId }) => ({ text, attributeId: await attributeId() }),
  'meeting.agentId': meeting(agentId),
  'meeting.teamId': meeting(teamId),
  'meeting.roundRobin': () => ({ text, routing: roundRobin() }),
  'meeting.rules': () => ({ text, routing: rules() }),
  'liveChat.agentId': liveChat(agentId),
  'liveChat.teamId': liveChat(teamId),
  'liveChat.roundRobin': liveChat(roundRobin),
  'liveChat.rules': liveChat(rules),
  branch: async ({ attributeId }) => ({
    branches: [{ key: 'b', conditions: conditionsOn(await attributeId()), next: 'first' }],
  }),
  goal: () => ({ goal: text }),
  document: () => ({ name: text, url: 'https://site.com' }),
  action: async ({ attributeId }) => ({ attributeId: await attributeId(), value: text }),
  flow: async ({ flowId }) => ({ flowId: await flowId() }),
}

export const CARD_CASES = Object.fromEntries(
  Object.entries(CARDS).map(([choice, fieldsOf]) => [
    `saveDialogue ${choice}`,
    async (made: Case) => {
      const [kind = ''] = choice.split('.')
      const card = { key: 'first', ...(await fieldsOf(made)) }
      return { variables: { input: { ...A_DIALOGUE, cards: [{ [kind]: card }] } } }
    },
  ]),
)
