// Cards as clients send them: which fields they have, and how long these may be. Whether a card leads somewhere, and what
// it names by id, is looked at later.
import { z } from 'zod'
import { conditionGroupInput } from '../../attributes/condition-input.ts'
import { fault, integer, line, text, webUrl } from '../../input.ts'
import { readTokens } from '../../invitations/tokens.ts'
import type { CardRouting, DraftCard } from '../definition/draft.ts'
import {
  GOAL_SCORES,
  MAX_ANSWERS,
  MAX_BRANCHES,
  MAX_CARD_KEY_LENGTH,
  MAX_CARD_TEXT_LENGTH,
  MAX_DOCUMENT_NAME_LENGTH,
  MAX_GOAL_LENGTH,
  MAX_LABEL_LENGTH,
  MAX_PLACEHOLDER_LENGTH,
  MAX_STORED_VALUE_LENGTH,
} from '../definition/limits.ts'
import { findMarkupFaults, isBlank } from '../definition/rich-text.ts'

/** A slash joins the keys of flows. */
const key = z
  .string()
  .max(MAX_CARD_KEY_LENGTH, `Must be at most ${MAX_CARD_KEY_LENGTH} characters.`)
  .regex(/^[A-Za-z0-9_-]+$/, 'Must be letters from a to z, digits, _ and -, and at least one of them.')

const next = key.nullish().transform((value) => value ?? null)

const id = z.string()
const optionalId = id.nullish().transform((value) => value ?? null)

const richText = text(MAX_CARD_TEXT_LENGTH).superRefine((value, check) => {
  const faults = findMarkupFaults(value)
  for (const message of faults) check.addIssue({ code: 'custom', ...fault('NOT_ALLOWED', message) })
  if (faults.length === 0 && isBlank(value)) {
    check.addIssue({ code: 'custom', ...fault('REQUIRED', 'Must not be empty.') })
  }
})

/** Shown as it is. */
const plainLine = (maxLength: number) =>
  line(maxLength).refine(
    (value) => readTokens(value).tokens.length === 0,
    fault('NOT_ALLOWED', 'Must not contain tokens: they are replaced in texts only.'),
  )

const documentUrl = webUrl.refine(
  (value) => {
    const { username, password } = URL.canParse(value) ? new URL(value) : { username: '', password: '' }
    return username === '' && password === ''
  },
  fault('INVALID_FORMAT', 'Must not contain a user or a password.'),
)

const routing = z
  .object({
    agentId: id.nullish(),
    teamId: id.nullish(),
    roundRobin: z.boolean().nullish(),
    rules: z.boolean().nullish(),
  })
  .transform(({ agentId, teamId, roundRobin, rules }, check): CardRouting => {
    if (agentId) return { agentId }
    if (teamId) return { teamId }
    if (roundRobin) return { roundRobin }
    if (rules) return { rules }
    const path = [typeof rules === 'boolean' ? 'rules' : 'roundRobin']
    check.addIssue({ code: 'custom', path, ...fault('NOT_ALLOWED', 'Must be true, or omitted.') })
    return z.NEVER
  })

const answer = z
  .object({
    key,
    label: plainLine(MAX_LABEL_LENGTH),
    value: line(MAX_STORED_VALUE_LENGTH).nullish(),
    next,
  })
  .transform(({ value, ...given }) => ({ ...given, value: value ?? given.label }))

const branch = z.object({
  key,
  conditions: conditionGroupInput.nullish().transform((value) => value ?? null),
  liveAgentAvailable: z
    .boolean()
    .nullish()
    .transform((value) => value ?? null),
  next: key,
})

/** Adds an issue for every key that occurs earlier in the list. */
function refuseDuplicates(items: { key: string }[], check: z.RefinementCtx): void {
  const keys = new Set<string>()
  for (const [index, item] of items.entries()) {
    if (keys.has(item.key)) {
      const message = 'Must not occur twice in the list.'
      check.addIssue({ code: 'custom', path: [index, 'key'], ...fault('DUPLICATE', message) })
    }
    keys.add(item.key)
  }
}

const base = { key, next }

/** By the names that they have in the input. */
const cards = {
  message: z.object({ ...base, text: richText }),
  question: z.object({
    ...base,
    text: richText,
    attributeId: optionalId,
    answers: z
      .array(answer)
      .refine((answers) => answers.length > 0, fault('REQUIRED', 'Must be at least one answer.'))
      .max(MAX_ANSWERS, `Must be at most ${MAX_ANSWERS} answers.`)
      .superRefine(refuseDuplicates),
  }),
  capture: z.object({
    ...base,
    text: richText,
    attributeId: id,
    placeholder: plainLine(MAX_PLACEHOLDER_LENGTH)
      .nullish()
      .transform((value) => value ?? null),
    whenKnown: z.enum(['OVERWRITE', 'SKIP']),
  }),
  meeting: z.object({
    ...base,
    text: richText,
    routing,
    agentNameToId: optionalId,
    agentEmailToId: optionalId,
  }),
  liveChat: z.object({ ...base, text: richText, routing }),
  branch: z.object({
    ...base,
    branches: z
      .array(branch)
      .max(MAX_BRANCHES, `Must be at most ${MAX_BRANCHES} branches.`)
      .superRefine(refuseDuplicates),
  }),
  goal: z.object({
    ...base,
    goal: plainLine(MAX_GOAL_LENGTH),
    score: integer(...GOAL_SCORES)
      .nullish()
      .transform((value) => value ?? null),
  }),
  document: z.object({ ...base, name: plainLine(MAX_DOCUMENT_NAME_LENGTH), url: documentUrl }),
  action: z.object({ ...base, attributeId: id, value: line(MAX_STORED_VALUE_LENGTH) }),
  flow: z.object({ ...base, flowId: id }),
}

type CardShape = { [Name in keyof typeof cards]: z.ZodOptional<z.ZodNullable<(typeof cards)[Name]>> }

/** Exactly one of the kinds. */
export const cardInput = z
  .object(
    Object.fromEntries(Object.entries(cards).map(([name, schema]) => [name, schema.nullish()])) as CardShape,
  )
  .transform((given, check): DraftCard => {
    const named = Object.values(given).filter((value) => value !== null && value !== undefined)
    const card = named.length === 1 ? toCard(given) : null
    if (card !== null) return card
    const message = `Must be exactly one of: ${Object.keys(cards).join(', ')}.`
    check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', message) })
    return z.NEVER
  })

function toCard(given: z.output<z.ZodObject<CardShape>>): DraftCard | null {
  const { message, question, capture, meeting, liveChat, goal, document, action, flow } = given
  if (message) return { kind: 'MESSAGE', ...message }
  if (question) {
    const { attributeId: attribute, ...fields } = question
    return { kind: 'QUESTION', ...fields, attribute }
  }
  if (capture) {
    const { attributeId: attribute, ...fields } = capture
    return { kind: 'CAPTURE', ...fields, attribute }
  }
  if (meeting) {
    const { agentNameToId: agentNameTo, agentEmailToId: agentEmailTo, ...fields } = meeting
    return { kind: 'MEETING', ...fields, agentNameTo, agentEmailTo }
  }
  if (liveChat) return { kind: 'LIVE_CHAT', ...liveChat }
  if (given.branch) return { kind: 'BRANCH', ...given.branch }
  if (goal) return { kind: 'GOAL', ...goal }
  if (document) return { kind: 'DOCUMENT', ...document }
  if (action) {
    const { attributeId: attribute, ...fields } = action
    return { kind: 'ACTION', ...fields, attribute }
  }
  return flow ? { kind: 'FLOW', ...flow } : null
}
