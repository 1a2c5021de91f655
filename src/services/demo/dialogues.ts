// What the demo's website asks its visitors: a dialogue for those whom nobody knows, one for those who gave an e-mail
// address, a flow in both, and a draft that is not finished. Between them they have cards of every kind.
import type { z } from 'zod'
import type { NewAttribute } from '../attributes/save-attribute.ts'
import type { dialogueFields } from '../dialogues/editing/dialogue-input.ts'

export type DialogueInput = z.input<typeof dialogueFields>
type CardInput = DialogueInput['cards'][number]

export const ATTRIBUTES = {
  interest: {
    ...{ entity: 'PERSON', name: 'interest', type: 'PICKLIST', label: 'Interest' },
    values: ['Prices', 'A tour', 'Help'] as string[],
  },
  source: { entity: 'PERSON', name: 'source', type: 'TEXT', label: 'Source' },
  employees: { entity: 'COMPANY', name: 'employees', type: 'INTEGER', label: 'Employees' },
} as const satisfies Record<string, NewAttribute>

/** The ids that dialogues name. */
export interface Named {
  attributes: Record<keyof typeof ATTRIBUTES | 'email', string>
  teamId: string
}

export interface Website {
  /** Every page of them shows the dialogues. */
  origins: string[]
  /** Where the product itself is. */
  publicUrl: string
}

export const bookingFlow = (): DialogueInput => ({
  kind: 'FLOW',
  name: 'Book a meeting',
  description: 'Dialogues end with it. A page can begin it too.',
  cards: [{ meeting: { key: 'meeting', text: 'When shall we meet?', routing: { roundRobin: true } } }],
})

/** The cards from `agents` on: to an agent, or to what follows when none is there. */
const talkToAgent = ({ otherwise }: { otherwise: string }): CardInput[] => [
  {
    branch: {
      key: 'agents',
      branches: [{ key: 'online', liveAgentAvailable: true, next: 'chat' }],
      next: 'away',
    },
  },
  {
    liveChat: {
      key: 'chat',
      text: 'One moment, please: I am calling an agent.',
      routing: { roundRobin: true },
    },
  },
  {
    message: {
      key: 'away',
      text: 'Nobody is here at present. Let us find a time for a meeting.',
      next: otherwise,
    },
  },
]

/** The cards from `email` on. */
const bookAsNewcomer = ({ attributes }: Named, flowId: string): CardInput[] => [
  {
    capture: {
      key: 'email',
      text: 'What is your e-mail address?',
      attributeId: attributes.email,
      placeholder: 'you@example.com',
      whenKnown: 'SKIP',
      next: 'source',
    },
  },
  {
    action: {
      key: 'source',
      attributeId: attributes.source,
      value: 'Website, about: {{lead.interest}}',
      next: 'book',
    },
  },
  { flow: { key: 'book', flowId, next: 'bye' } },
  { message: { key: 'bye', text: 'Thank you, and have a nice day!' } },
]

export const welcome = (
  named: Named,
  { origins, publicUrl, flowId }: Website & { flowId: string },
): DialogueInput => ({
  kind: 'DIALOGUE',
  name: 'Welcome',
  description: 'For visitors whom nobody knows.',
  priority: 2,
  audience: { match: 'ALL', conditions: [{ attributeId: named.attributes.email, operator: 'IS_EMPTY' }] },
  targetUrls: origins,
  cards: [
    { message: { key: 'hello', text: 'Hello! This is the assistant of <b>Acme</b>.', next: 'interest' } },
    {
      question: {
        key: 'interest',
        text: 'What can we do for you?',
        attributeId: named.attributes.interest,
        answers: [
          { key: 'prices', label: 'Prices', next: 'wants-prices' },
          { key: 'tour', label: 'A tour', next: 'api' },
          { key: 'help', label: 'Help', next: 'agents' },
        ],
      },
    },
    { goal: { key: 'wants-prices', goal: 'Asked for prices', score: 2, next: 'email' } },
    {
      document: {
        key: 'api',
        name: 'The whole API',
        url: new URL('/schema.graphql', publicUrl).href,
        next: 'employees',
      },
    },
    {
      capture: {
        key: 'employees',
        text: 'How many people work at your company?',
        attributeId: named.attributes.employees,
        placeholder: 'For example 250',
        whenKnown: 'SKIP',
        next: 'email',
      },
    },
    ...talkToAgent({ otherwise: 'email' }),
    ...bookAsNewcomer(named, flowId),
  ],
})

export const welcomeBack = (
  { attributes, teamId }: Named,
  { origins, flowId }: Website & { flowId: string },
): DialogueInput => ({
  kind: 'DIALOGUE',
  name: 'Welcome back',
  description: 'For visitors who gave an e-mail address.',
  priority: 1,
  audience: { match: 'ALL', conditions: [{ attributeId: attributes.email, operator: 'IS_NOT_EMPTY' }] },
  targetUrls: origins,
  trigger: { timeOnPageSeconds: 3 },
  cards: [
    { message: { key: 'hello', text: 'Welcome back, {{lead.firstName:"dear guest"}}!', next: 'wish' } },
    {
      question: {
        key: 'wish',
        text: 'How can we help?',
        answers: [
          { key: 'agent', label: 'Talk to somebody now', next: 'agents' },
          { key: 'meeting', label: 'Book a meeting', next: 'size' },
          { key: 'nothing', label: 'Not at all', next: 'bye' },
        ],
      },
    },
    ...talkToAgent({ otherwise: 'size' }),
    {
      branch: {
        key: 'size',
        branches: [
          {
            key: 'large',
            conditions: {
              match: 'ALL',
              conditions: [{ attributeId: attributes.employees, operator: 'GREATER_THAN', values: ['100'] }],
            },
            next: 'team',
          },
        ],
        next: 'book',
      },
    },
    {
      meeting: {
        key: 'team',
        text: 'Our team for large companies would like to meet you. When?',
        routing: { teamId },
        next: 'bye',
      },
    },
    { flow: { key: 'book', flowId, next: 'bye' } },
    { message: { key: 'bye', text: 'Have a nice day!' } },
  ],
})

/** Its problems say what is missing. */
export const tradeFair = (): DialogueInput => ({
  kind: 'DIALOGUE',
  name: 'Trade fair',
  description: 'Not finished yet.',
  priority: 3,
  cards: [{ message: { key: 'hello', text: 'Meet us at the fair!', next: 'stand' } }],
})
