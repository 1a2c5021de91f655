// What a draft says of attributes: whether they exist, take the values that cards give them, and fit their conditions.
// Saving refuses what is wrong; it can become wrong later, when an attribute changes.
import type { InputIssue } from '../../../errors.ts'
import type { Attribute } from '../../attributes/attribute.ts'
import { findBuiltIn, isSayable } from '../../attributes/built-in.ts'
import { type ConditionSettings, findConditionFaults } from '../../attributes/condition-faults.ts'
import { parseValue } from '../../attributes/values.ts'
import type { Draft, DraftCard } from './draft.ts'
import { cardPath, type Problem, type ProblemCode } from './problem.ts'
import { attributeFieldsOf, tokensOf } from './uses.ts'

/** A problem, with its meaning as a fault of the input. */
export type ReferenceFault = Problem & { issue: Omit<InputIssue, 'path'> }

type Place = { index: number; card: DraftCard }

/** @param settings.attributes those of the workspace, by id */
export function findReferenceFaults(
  { audience, cards }: Pick<Draft, 'audience' | 'cards'>,
  settings: ConditionSettings,
): ReferenceFault[] {
  return [
    ...findConditionFaults(audience, settings).map((issue) =>
      faultOf(conditionCode(issue), { cardKey: null, path: ['audience', ...issue.path], issue }),
    ),
    ...cards.flatMap((card, index) => {
      const place = { index, card }
      return [
        ...attributeFaults(place, settings),
        ...valueFaults(place, settings),
        ...branchFaults(place, settings),
      ]
    }),
  ]
}

function faultOf(
  code: ProblemCode,
  { issue, ...place }: Pick<Problem, 'cardKey' | 'path'> & { issue: Omit<InputIssue, 'path'> },
): ReferenceFault {
  return { code, ...place, message: issue.message, issue }
}

const conditionCode = ({ path }: InputIssue) =>
  path.at(-1) === 'attributeId' ? 'UNKNOWN_ATTRIBUTE' : 'UNFIT_CONDITION'

function attributeFaults(place: Place, { attributes }: ConditionSettings): ReferenceFault[] {
  return attributeFieldsOf(place.card).flatMap(({ field, attribute: id }) => {
    const attribute = attributes.get(id)
    const at = { cardKey: place.card.key, path: cardPath(place, field) }
    if (attribute === undefined) return [faultOf('UNKNOWN_ATTRIBUTE', { ...at, issue: UNKNOWN_ATTRIBUTE })]
    const message = unfitness(attribute, place.card)
    return message === null
      ? []
      : [faultOf('UNFIT_ATTRIBUTE', { ...at, issue: { code: 'NOT_ALLOWED', message } })]
  })
}

const UNKNOWN_ATTRIBUTE = { code: 'UNKNOWN', message: 'The workspace has no such attribute.' } as const

/** @returns why a card must not store a value in an attribute */
function unfitness(attribute: Attribute, { kind }: DraftCard): string | null {
  if (!isSayable(attribute)) return 'Dialogues must not change this attribute.'
  if (kind !== 'MEETING') return null
  if (findBuiltIn(attribute)) return 'Must not be a built-in attribute, because the value is about the agent.'
  return attribute.type === 'TEXT' || attribute.type === 'EMAIL'
    ? null
    : 'Must be an attribute of the type TEXT or EMAIL.'
}

function valueFaults(place: Place, settings: ConditionSettings): ReferenceFault[] {
  const { card } = place
  if (card.kind !== 'QUESTION' && card.kind !== 'ACTION') return []
  const attribute = card.attribute === null ? undefined : settings.attributes.get(card.attribute)
  if (attribute === undefined) return []
  return storedValues(card).flatMap(({ field, value }) => {
    const read = parseValue(attribute, value, settings)
    const at = { cardKey: card.key, path: cardPath(place, ...field) }
    return 'fault' in read ? [faultOf('UNFIT_VALUE', { ...at, issue: read.fault })] : []
  })
}

/** @returns the values that are known before a dialogue runs: without those with tokens */
function storedValues(
  card: Extract<DraftCard, { kind: 'QUESTION' | 'ACTION' }>,
): { field: (string | number)[]; value: string }[] {
  if (card.kind === 'QUESTION') {
    return card.answers.map(({ value }, index) => ({ field: ['answers', index, 'value'], value }))
  }
  return tokensOf(card)?.tokens.length === 0 ? [{ field: ['value'], value: card.value }] : []
}

function branchFaults(place: Place, settings: ConditionSettings): ReferenceFault[] {
  const { card } = place
  if (card.kind !== 'BRANCH') return []
  return card.branches.flatMap(({ conditions }, index) =>
    (conditions === null ? [] : findConditionFaults(conditions, settings)).map((issue) =>
      faultOf(conditionCode(issue), {
        cardKey: card.key,
        path: cardPath(place, 'branches', index, 'conditions', ...issue.path),
        issue,
      }),
    ),
  )
}
