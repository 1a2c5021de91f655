// A dialogue as clients send it, whole.
import { z } from 'zod'
import { conditionGroupInput } from '../../attributes/condition-input.ts'
import type { ConditionGroup } from '../../attributes/conditions.ts'
import { fault, integer, line, MAX_NAME_LENGTH, MAX_URL_LENGTH, printable, text } from '../../input.ts'
import type { Draft, DraftCard, Trigger } from '../definition/draft.ts'
import {
  MAX_CARDS,
  MAX_DESCRIPTION_LENGTH,
  MAX_DRAFT_BYTES,
  MAX_TARGETS,
  PRIORITIES,
  SCROLL_PERCENT,
  TRIGGER_SECONDS,
} from '../definition/limits.ts'
import { INPUT_FIELDS } from '../definition/problem.ts'
import { parseTarget } from '../definition/targets.ts'
import { cardInput } from './card-input.ts'

const EVERYBODY: ConditionGroup<string> = { match: 'ALL', conditions: [], groups: [] }

/** Line breaks at the ends are control characters too. */
const target = printable
  .trim()
  .max(MAX_URL_LENGTH, `Must be at most ${MAX_URL_LENGTH} characters.`)
  .superRefine((value, check) => {
    const parsed = parseTarget(value)
    if ('refusal' in parsed) check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', parsed.refusal) })
  })

const targets = z
  .array(target)
  .max(MAX_TARGETS, `Must be at most ${MAX_TARGETS} addresses.`)
  .nullish()
  .transform((value) => value ?? [])

const bound = (bounds: readonly [number, number]) =>
  integer(...bounds)
    .nullish()
    .transform((value) => value ?? null)

/** A trigger that asks for nothing is none. */
const trigger = z
  .object({
    timeOnPageSeconds: bound(TRIGGER_SECONDS),
    timeOnSiteSeconds: bound(TRIGGER_SECONDS),
    scrollPercent: bound(SCROLL_PERCENT),
  })
  .nullish()
  .transform((value): Trigger | null => {
    const asks = value && Object.values(value).some((each) => each !== null)
    return asks ? value : null
  })

/** What is saved of a dialogue. */
export const dialogueFields = z.object({
  name: line(MAX_NAME_LENGTH),
  description: text(MAX_DESCRIPTION_LENGTH)
    .nullish()
    .transform((value) => value || null),
  kind: z.enum(['DIALOGUE', 'FLOW']),
  /** Left out: it stays. */
  priority: integer(...PRIORITIES).nullish(),
  audience: conditionGroupInput.nullish().transform((value) => value ?? EVERYBODY),
  targetUrls: targets,
  excludedUrls: targets,
  trigger,
  cards: z
    .array(cardInput)
    .max(MAX_CARDS, `Must be at most ${MAX_CARDS} cards.`)
    .superRefine(refuseDuplicateKeys),
})

export type DialogueFields = z.output<typeof dialogueFields>

/** A check for schemas that have `dialogueFields`. */
export function checkDialogue(fields: DialogueFields, check: z.RefinementCtx): void {
  if (fields.kind === 'FLOW') refuseInFlow(fields, check)
  if (Buffer.byteLength(JSON.stringify(draftOf(fields))) > MAX_DRAFT_BYTES) {
    const message = `The dialogue must be at most ${MAX_DRAFT_BYTES / 1024} KiB as JSON.`
    check.addIssue({ code: 'custom', path: ['cards'], ...fault('TOO_LONG', message, MAX_DRAFT_BYTES) })
  }
}

/** A flow begins when the page opens it, or within a dialogue: for everybody on every page. */
function refuseInFlow(fields: DialogueFields, check: z.RefinementCtx): void {
  const { targetUrls, excludedUrls, trigger, audience } = fields
  const given = {
    targetUrls: targetUrls.length > 0,
    excludedUrls: excludedUrls.length > 0,
    trigger: trigger !== null,
    audience: audience.match === 'ANY' || audience.conditions.length > 0 || audience.groups.length > 0,
  }
  for (const [field, isGiven] of Object.entries(given)) {
    if (!isGiven) continue
    check.addIssue({ code: 'custom', path: [field], ...fault('NOT_ALLOWED', 'Must be left out of a flow.') })
  }
}

/** @param cards with something else in the place of those that are faulty */
function refuseDuplicateKeys(cards: Partial<DraftCard>[], check: z.RefinementCtx): void {
  const keys = new Set<string>()
  for (const [index, { kind, key }] of cards.entries()) {
    if (kind === undefined || key === undefined) continue
    if (keys.has(key)) {
      const path = [index, INPUT_FIELDS[kind], 'key']
      check.addIssue({ code: 'custom', path, ...fault('DUPLICATE', 'Another card has this key.') })
    }
    keys.add(key)
  }
}

export function draftOf({ audience, targetUrls, excludedUrls, trigger, cards }: DialogueFields): Draft {
  return { audience, targetUrls, excludedUrls, trigger, cards }
}
