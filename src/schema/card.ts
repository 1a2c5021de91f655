// The cards of a dialogue's draft, as staff edits them. What a visitor sees of a card is ShownCard.
import type {
  ActionCard,
  BranchCard,
  CaptureCard,
  CardAnswer,
  CardBranch,
  CardRouting,
  DocumentCard,
  DraftCard,
  FlowCard,
  GoalCard,
  LiveChatCard,
  MeetingCard,
  MessageCard,
  QuestionCard,
} from '../services/dialogues/definition/draft.ts'
import { GOAL_SCORES, MAX_ANSWERS, MAX_BRANCHES } from '../services/dialogues/definition/limits.ts'
import { ALLOWED_TAGS } from '../services/dialogues/definition/rich-text.ts'
import { AttributeRef } from './attribute.ts'
import { builder } from './builder.ts'
import { CardRoutingRef } from './card-routing.ts'
import { ConditionGroupRef } from './condition.ts'
import { between, STAFF_TYPE } from './texts.ts'

/** Of cards and of the inputs for them. */
export const CARD = {
  key: 'The key, unique in the dialogue, for example `welcome`. It stays the same over versions: reports count by it.',
  next: 'The key of the card that follows. If null, the dialogue ends with this card.',
  text: `What the visitor reads: a text with tokens, for example \`Hi {{lead.firstName:"there"}}!\`. It may have these HTML tags: ${ALLOWED_TAGS.map((tag) => `\`${tag}\``).join(', ')}; links (\`href\`) lead to https, http or mailto.`,
  answers: `The buttons, at most ${MAX_ANSWERS}.`,
  answerKey: 'The key, unique in the card.',
  label: 'What the button says.',
  value: "What is stored in the card's attribute.",
  answerNext: 'The key of the card that follows this answer. If null, that of the whole card does.',
  placeholder: 'What the empty field says, for example `name@company.com`.',
  whenKnown: 'What becomes of the card if the visitor has a value already.',
  agentNameTo: "Where the agent's name is stored.",
  agentEmailTo: "Where the agent's e-mail address is stored.",
  branches: `The ways, at most ${MAX_BRANCHES}: the first one that is met is taken.`,
  branchKey: 'The key, unique in the card.',
  conditions: 'What the visitor must meet. Null asks for nothing.',
  liveAgentAvailable:
    'Whether an agent must be available for a live chat at that moment (true), or none (false). Null asks for nothing.',
  branchNext: 'The key of the card that follows.',
  goal: 'The name of the goal, which reports count, for example `Asked for a demo`.',
  score: `How much it counts, ${between(GOAL_SCORES)}.`,
  document: 'The title of the document.',
  url: 'Where the document is.',
  action: 'What is stored: a text with tokens, for example `{{company.name}}`.',
} as const

const WHEN_KNOWN = { OVERWRITE: 'The visitor is asked again.', SKIP: 'The card is skipped.' } as const

export const WhenKnownRef = builder.enumType('WhenKnown', {
  description: CARD.whenKnown,
  values: {
    OVERWRITE: { description: WHEN_KNOWN.OVERWRITE },
    SKIP: { description: WHEN_KNOWN.SKIP },
  },
})

export const CardRef = builder.interfaceRef<DraftCard>('Card').implement({
  description: `A card of a dialogue: a step. ${STAFF_TYPE}`,
  resolveType: ({ kind }) => TYPE_NAMES[kind],
  fields: (t) => ({
    key: t.exposeString('key', { description: CARD.key }),
    next: t.exposeString('next', { nullable: true, description: CARD.next }),
  }),
})

const TYPE_NAMES: Record<DraftCard['kind'], string> = {
  MESSAGE: 'MessageCard',
  QUESTION: 'QuestionCard',
  CAPTURE: 'CaptureCard',
  MEETING: 'MeetingCard',
  LIVE_CHAT: 'LiveChatCard',
  BRANCH: 'BranchCard',
  GOAL: 'GoalCard',
  DOCUMENT: 'DocumentCard',
  ACTION: 'ActionCard',
  FLOW: 'FlowCard',
}

const interfaces = [CardRef]

const ATTRIBUTE = 'Where the answer is stored; null if it is not stored.'

builder.objectRef<MessageCard>('MessageCard').implement({
  description: `Says something, and goes on. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({ text: t.exposeString('text', { description: CARD.text }) }),
})

const CardAnswerRef = builder.objectRef<CardAnswer>('CardAnswer').implement({
  description: `An answer to a question. ${STAFF_TYPE}`,
  fields: (t) => ({
    key: t.exposeString('key', { description: CARD.answerKey }),
    label: t.exposeString('label', { description: CARD.label }),
    value: t.exposeString('value', { description: CARD.value }),
    next: t.exposeString('next', { nullable: true, description: CARD.answerNext }),
  }),
})

builder.objectRef<QuestionCard<string>>('QuestionCard').implement({
  description: `Asks the visitor to choose an answer, and waits for it. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    text: t.exposeString('text', { description: CARD.text }),
    attribute: t.prismaField({
      type: AttributeRef,
      nullable: true,
      description: ATTRIBUTE,
      resolve: (query, { attribute: id }, _arguments, { database }) =>
        id === null ? null : database.attribute.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    answers: t.field({
      type: [CardAnswerRef],
      description: CARD.answers,
      resolve: ({ answers }) => answers,
    }),
  }),
})

builder.objectRef<CaptureCard<string>>('CaptureCard').implement({
  description: `Asks the visitor for the value of an attribute, with its picklist or a field, and waits for it. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    text: t.exposeString('text', { description: CARD.text }),
    attribute: t.prismaField({
      type: AttributeRef,
      nullable: true,
      description: ATTRIBUTE,
      resolve: (query, { attribute: id }, _arguments, { database }) =>
        database.attribute.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    placeholder: t.exposeString('placeholder', { nullable: true, description: CARD.placeholder }),
    whenKnown: t.expose('whenKnown', { type: WhenKnownRef, description: CARD.whenKnown }),
  }),
})

builder.objectRef<MeetingCard<string, CardRouting>>('MeetingCard').implement({
  description: `Lets the visitor book a meeting, and waits until it is booked or declined. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    text: t.exposeString('text', { description: CARD.text }),
    routing: t.field({
      type: CardRoutingRef,
      description: 'Whose slots the visitor sees.',
      resolve: ({ routing }) => routing,
    }),
    agentNameTo: t.prismaField({
      type: AttributeRef,
      nullable: true,
      description: CARD.agentNameTo,
      resolve: (query, { agentNameTo: id }, _arguments, { database }) =>
        id === null ? null : database.attribute.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    agentEmailTo: t.prismaField({
      type: AttributeRef,
      nullable: true,
      description: CARD.agentEmailTo,
      resolve: (query, { agentEmailTo: id }, _arguments, { database }) =>
        id === null ? null : database.attribute.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
})

builder.objectRef<LiveChatCard<CardRouting>>('LiveChatCard').implement({
  description: `Requests a live chat, in which the dialogue ends: no card can follow. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    text: t.exposeString('text', { description: CARD.text }),
    routing: t.field({
      type: CardRoutingRef,
      description: 'Whom the chat is offered to.',
      resolve: ({ routing }) => routing,
    }),
  }),
})

const CardBranchRef = builder.objectRef<CardBranch<string>>('CardBranch').implement({
  description: `One of the ways of a branch card. ${STAFF_TYPE}`,
  fields: (t) => ({
    key: t.exposeString('key', { description: CARD.branchKey }),
    conditions: t.field({
      type: ConditionGroupRef,
      nullable: true,
      description: CARD.conditions,
      resolve: ({ conditions }) => conditions,
    }),
    liveAgentAvailable: t.exposeBoolean('liveAgentAvailable', {
      nullable: true,
      description: CARD.liveAgentAvailable,
    }),
    next: t.exposeString('next', { description: CARD.branchNext }),
  }),
})

builder.objectRef<BranchCard<string>>('BranchCard').implement({
  description: `Shows nothing, and goes on by what is known of the visitor: with \`next\` if no branch is met. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    branches: t.field({
      type: [CardBranchRef],
      description: CARD.branches,
      resolve: ({ branches }) => branches,
    }),
  }),
})

builder.objectRef<GoalCard>('GoalCard').implement({
  description: `Shows nothing, and counts that the visitor has come here. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    goal: t.exposeString('goal', { description: CARD.goal }),
    score: t.exposeInt('score', { nullable: true, description: CARD.score }),
  }),
})

builder.objectRef<DocumentCard>('DocumentCard').implement({
  description: `Offers a document, and goes on. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    name: t.exposeString('name', { description: CARD.document }),
    url: t.expose('url', { type: 'URL', description: CARD.url }),
  }),
})

builder.objectRef<ActionCard<string>>('ActionCard').implement({
  description: `Shows nothing, and stores a value in an attribute of the visitor. ${STAFF_TYPE}`,
  interfaces,
  fields: (t) => ({
    attribute: t.prismaField({
      type: AttributeRef,
      nullable: true,
      description: ATTRIBUTE,
      resolve: (query, { attribute: id }, _arguments, { database }) =>
        database.attribute.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    value: t.exposeString('value', { description: CARD.action }),
  }),
})

/** Its flow is defined with Dialogue. */
export const FlowCardRef = builder.objectRef<FlowCard>('FlowCard').implement({
  description: `Goes through the cards of a flow, as they were when the dialogue was published. ${STAFF_TYPE}`,
  interfaces,
})
