// Cards as staff saves them.
import {
  MAX_ANSWERS,
  MAX_CARD_KEY_LENGTH,
  MAX_CARD_TEXT_LENGTH,
  MAX_DOCUMENT_NAME_LENGTH,
  MAX_GOAL_LENGTH,
  MAX_LABEL_LENGTH,
  MAX_PLACEHOLDER_LENGTH,
  MAX_STORED_VALUE_LENGTH,
} from '../services/dialogues/definition/limits.ts'
import { MAX_URL_LENGTH } from '../services/input.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { CARD, WhenKnownRef } from './card.ts'
import { CardRoutingInput, toCardRouting } from './card-routing.ts'
import { ConditionGroupInput, toConditionGroup } from './condition.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import { oneLine } from './texts.ts'

const KEY_FORMAT = `Letters from a to z in either case, digits, \`_\` and \`-\`: 1 to ${MAX_CARD_KEY_LENGTH}.`
const KEY = `${CARD.key} ${KEY_FORMAT}`
const NEXT = `${CARD.next} A key that no card has is a problem, but can be saved.`
const TEXT = `${CARD.text} 1 to ${formatCount(MAX_CARD_TEXT_LENGTH)} characters. Other tags and attributes are refused.`
const WITHOUT_TOKENS = 'Without tokens.'

const MessageCardInput = builder.inputType('MessageCardInput', {
  description: 'A card that says something.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: NEXT }),
    text: t.string({ required: true, description: TEXT }),
  }),
})

const CardAnswerInput = builder.inputType('CardAnswerInput', {
  description: 'An answer to a question.',
  fields: (t) => ({
    key: t.string({ required: true, description: `${CARD.answerKey} ${KEY_FORMAT}` }),
    label: t.string({
      required: true,
      description: `${CARD.label} ${oneLine(MAX_LABEL_LENGTH)} ${WITHOUT_TOKENS}`,
    }),
    value: t.string({
      description: `${CARD.value} It must fit the attribute. ${oneLine(MAX_STORED_VALUE_LENGTH)} If omitted or null, the label is stored.`,
    }),
    next: t.string({ description: CARD.answerNext }),
  }),
})

const QuestionCardInput = builder.inputType('QuestionCardInput', {
  description: 'A card that asks the visitor to choose an answer.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: `${NEXT} Answers can name their own.` }),
    text: t.string({ required: true, description: TEXT }),
    attributeId: t.id({ description: 'Where the answer is stored. If omitted or null, it is not stored.' }),
    answers: t.field({
      type: [CardAnswerInput],
      required: true,
      description: `The buttons: 1 to ${MAX_ANSWERS}.`,
    }),
  }),
})

const CaptureCardInput = builder.inputType('CaptureCardInput', {
  description: 'A card that asks the visitor for the value of an attribute.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: NEXT }),
    text: t.string({ required: true, description: TEXT }),
    attributeId: t.id({ required: true, description: 'Where the answer is stored.' }),
    placeholder: t.string({
      description: `${CARD.placeholder} ${oneLine(MAX_PLACEHOLDER_LENGTH)} ${WITHOUT_TOKENS}`,
    }),
    whenKnown: t.field({
      type: WhenKnownRef,
      required: true,
      defaultValue: 'OVERWRITE',
      description: `${CARD.whenKnown} Defaults to OVERWRITE.`,
    }),
  }),
})

const MeetingCardInput = builder.inputType('MeetingCardInput', {
  description: 'A card that lets the visitor book a meeting.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: NEXT }),
    text: t.string({ required: true, description: TEXT }),
    routing: t.field({
      type: CardRoutingInput,
      required: true,
      description: 'Whose slots the visitor sees.',
    }),
    agentNameToId: t.id({
      description: `${CARD.agentNameTo} An attribute of the type TEXT or EMAIL that is not built in.`,
    }),
    agentEmailToId: t.id({
      description: `${CARD.agentEmailTo} An attribute of the type TEXT or EMAIL that is not built in.`,
    }),
  }),
})

const LiveChatCardInput = builder.inputType('LiveChatCardInput', {
  description: 'A card that requests a live chat.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: 'Must be left out for the dialogue to be published: no card can follow.' }),
    text: t.string({ required: true, description: TEXT }),
    routing: t.field({ type: CardRoutingInput, required: true, description: 'Whom the chat is offered to.' }),
  }),
})

const CardBranchInput = builder.inputType('CardBranchInput', {
  description: 'One of the ways of a branch card.',
  fields: (t) => ({
    key: t.string({ required: true, description: `${CARD.branchKey} ${KEY_FORMAT}` }),
    conditions: t.field({ type: ConditionGroupInput, description: CARD.conditions }),
    liveAgentAvailable: t.boolean({ description: CARD.liveAgentAvailable }),
    next: t.string({ required: true, description: CARD.branchNext }),
  }),
})

const BranchCardInput = builder.inputType('BranchCardInput', {
  description: 'A card that goes on by what is known of the visitor.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: `${NEXT} It follows if no branch is met.` }),
    branches: t.field({ type: [CardBranchInput], required: true, description: CARD.branches }),
  }),
})

const GoalCardInput = builder.inputType('GoalCardInput', {
  description: 'A card that counts that the visitor has come here.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: NEXT }),
    goal: t.string({
      required: true,
      description: `${CARD.goal} ${oneLine(MAX_GOAL_LENGTH)} ${WITHOUT_TOKENS}`,
    }),
    score: t.int({ description: `${CARD.score} If omitted or null, it has none.` }),
  }),
})

const DocumentCardInput = builder.inputType('DocumentCardInput', {
  description: 'A card that offers a document.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: NEXT }),
    name: t.string({
      required: true,
      description: `${CARD.document} ${oneLine(MAX_DOCUMENT_NAME_LENGTH)} ${WITHOUT_TOKENS}`,
    }),
    url: t.field({
      type: 'URL',
      required: true,
      description: `${CARD.url} An address that begins with https:// or http://. At most ${formatCount(MAX_URL_LENGTH)} characters.`,
    }),
  }),
})

const ActionCardInput = builder.inputType('ActionCardInput', {
  description: 'A card that stores a value in an attribute of the visitor.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: NEXT }),
    attributeId: t.id({ required: true, description: 'Where it is stored.' }),
    value: t.string({
      required: true,
      description: `${CARD.action} Without tokens, it must fit the attribute. ${oneLine(MAX_STORED_VALUE_LENGTH)}`,
    }),
  }),
})

const FlowCardInput = builder.inputType('FlowCardInput', {
  description: 'A card that goes through the cards of a flow.',
  fields: (t) => ({
    key: t.string({ required: true, description: KEY }),
    next: t.string({ description: `${NEXT} It follows where the flow ends.` }),
    flowId: t.id({ required: true, description: 'The flow.' }),
  }),
})

export const CardInput = builder.inputType('CardInput', {
  description: 'A card of a dialogue. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    message: t.field({ type: MessageCardInput, description: 'Says something.' }),
    question: t.field({ type: QuestionCardInput, description: 'Asks the visitor to choose an answer.' }),
    capture: t.field({ type: CaptureCardInput, description: 'Asks for the value of an attribute.' }),
    meeting: t.field({ type: MeetingCardInput, description: 'Lets the visitor book a meeting.' }),
    liveChat: t.field({ type: LiveChatCardInput, description: 'Requests a live chat.' }),
    branch: t.field({ type: BranchCardInput, description: 'Goes on by what is known of the visitor.' }),
    goal: t.field({ type: GoalCardInput, description: 'Counts that the visitor has come here.' }),
    document: t.field({ type: DocumentCardInput, description: 'Offers a document.' }),
    action: t.field({ type: ActionCardInput, description: 'Stores a value in an attribute.' }),
    flow: t.field({ type: FlowCardInput, description: 'Goes through the cards of a flow.' }),
  }),
})

/** @param field the argument that has the card, for errors
 * @returns the card with UUIDs in place of global ids
 * @throws NotFoundError for an id that is not a global id of its type */
export function toCard(card: typeof CardInput.$inferInput, field: string) {
  const { question, capture, meeting, liveChat, branch, action, flow, ...others } = card as Partial<Cards>
  const attribute = (id: string | null | undefined, name: string) =>
    fromOptionalGlobalId('Attribute', { id, field: `${field}.${name}` })
  return {
    ...others,
    question: question && {
      ...question,
      attributeId: attribute(question.attributeId, 'question.attributeId'),
    },
    capture: capture && {
      ...capture,
      attributeId: fromGlobalId('Attribute', {
        id: capture.attributeId,
        field: `${field}.capture.attributeId`,
      }),
    },
    meeting: meeting && {
      ...meeting,
      routing: toCardRouting(meeting.routing, `${field}.meeting.routing`),
      agentNameToId: attribute(meeting.agentNameToId, 'meeting.agentNameToId'),
      agentEmailToId: attribute(meeting.agentEmailToId, 'meeting.agentEmailToId'),
    },
    liveChat: liveChat && {
      ...liveChat,
      routing: toCardRouting(liveChat.routing, `${field}.liveChat.routing`),
    },
    branch: branch && {
      ...branch,
      branches: branch.branches.map(({ conditions, ...fields }) => ({
        ...fields,
        conditions: conditions && toConditionGroup(conditions),
      })),
    },
    action: action && {
      ...action,
      attributeId: fromGlobalId('Attribute', {
        id: action.attributeId,
        field: `${field}.action.attributeId`,
      }),
    },
    flow: flow && {
      ...flow,
      flowId: fromGlobalId('Dialogue', { id: flow.flowId, field: `${field}.flow.flowId` }),
    },
  }
}

interface Cards {
  message: typeof MessageCardInput.$inferInput
  question: typeof QuestionCardInput.$inferInput
  capture: typeof CaptureCardInput.$inferInput
  meeting: typeof MeetingCardInput.$inferInput
  liveChat: typeof LiveChatCardInput.$inferInput
  branch: typeof BranchCardInput.$inferInput
  goal: typeof GoalCardInput.$inferInput
  document: typeof DocumentCardInput.$inferInput
  action: typeof ActionCardInput.$inferInput
  flow: typeof FlowCardInput.$inferInput
}
