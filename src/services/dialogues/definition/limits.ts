// How large dialogues may be. Descriptions in the schema and the documentation have these numbers.
import { MAX_MESSAGE_LENGTH } from '../../chat/conversation/write-message.ts'

export const MAX_CARDS = 500
/** Of a draft as JSON: audience, targets, trigger and cards. */
export const MAX_DRAFT_BYTES = 256 * 1024
/** Of what is published: with the cards of its flows. */
export const MAX_COMPILED_CARDS = 2000
/** The same, as JSON. */
export const MAX_COMPILED_BYTES = 1024 * 1024
/** Flows within each other. With each of them, the keys of cards become longer. */
export const MAX_FLOW_DEPTH = 10

/** As saved, with tags and tokens, and as shown. */
export const MAX_CARD_TEXT_LENGTH = MAX_MESSAGE_LENGTH
/** Of a card, an answer or a branch. */
export const MAX_CARD_KEY_LENGTH = 50
/** Of an answer to a question. */
export const MAX_LABEL_LENGTH = 200
export const MAX_STORED_VALUE_LENGTH = 1000
export const MAX_PLACEHOLDER_LENGTH = 200
export const MAX_GOAL_LENGTH = 100
export const MAX_DOCUMENT_NAME_LENGTH = 200
export const MAX_DESCRIPTION_LENGTH = 1000

/** Of a question. */
export const MAX_ANSWERS = 50
/** Of a branch card. */
export const MAX_BRANCHES = 50
/** Of a dialogue; the same for exclusions. */
export const MAX_TARGETS = 100

/** 1 is highest. */
export const PRIORITIES = [1, 1000] as const
export const GOAL_SCORES = [0, 3] as const
/** Up to a day. */
export const TRIGGER_SECONDS = [1, 86_400] as const
export const SCROLL_PERCENT = [1, 100] as const

/** Cards that a dialogue shows one after the other. */
export const MAX_STEPS_WITHOUT_ANSWER = 100
