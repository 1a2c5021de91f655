// The shape of conditions as clients send them: how deep, how many, how long. What the attributes have to do with it is
// checked by `checkConditions`, once they are known.
import { z } from 'zod'
import { fault, text } from '../input.ts'
import { MAX_CONDITION_VALUES } from './condition-faults.ts'
import { CONDITION_OPERATORS, type ConditionGroup } from './conditions.ts'
import { MAX_TEXT_VALUE_LENGTH } from './values.ts'

/** The outermost group counts. */
export const MAX_CONDITION_DEPTH = 3
/** In a group with all that are inside of it. */
export const MAX_CONDITIONS = 50

const condition = z.object({
  attributeId: z.string(),
  operator: z.enum(CONDITION_OPERATORS),
  values: z
    .array(text(MAX_TEXT_VALUE_LENGTH))
    .max(MAX_CONDITION_VALUES, `Must be at most ${MAX_CONDITION_VALUES} values.`)
    .nullish(),
})

/** As clients send it. */
export interface ConditionGroupInput {
  match: 'ALL' | 'ANY'
  conditions?: z.input<typeof condition>[] | null | undefined
  groups?: ConditionGroupInput[] | null | undefined
}

interface ParsedGroup {
  match: 'ALL' | 'ANY'
  conditions?: z.output<typeof condition>[] | null | undefined
  groups?: ParsedGroup[] | null | undefined
}

/** A group whose groups have groups, and so on, up to the limit. */
function group(depth: number): z.ZodType<ParsedGroup, ConditionGroupInput> {
  const match = z.enum(['ALL', 'ANY'])
  const conditions = z.array(condition).nullish()
  const inner: z.ZodType<ParsedGroup[], ConditionGroupInput[]> =
    depth === 1
      ? z.array(z.custom<ConditionGroupInput>()).transform(refuseGroups)
      : z.array(group(depth - 1)).max(MAX_CONDITIONS, `Must be at most ${MAX_CONDITIONS} groups.`)
  return z.object({ match, conditions, groups: inner.nullish() })
}

/** Leaves the groups out that are too deep, so that nothing looks into what may be nested without end. */
function refuseGroups(groups: ConditionGroupInput[], check: z.RefinementCtx): ParsedGroup[] {
  const message = `Must be at most ${MAX_CONDITION_DEPTH} groups deep.`
  if (groups.length > 0) {
    check.addIssue({ code: 'custom', ...fault('TOO_MANY', message, MAX_CONDITION_DEPTH) })
  }
  return []
}

/** The attributes of the conditions are ids. */
export const conditionGroupInput = group(MAX_CONDITION_DEPTH)
  .refine(
    (given) => countConditions(given) <= MAX_CONDITIONS,
    fault('TOO_MANY', `Must be at most ${MAX_CONDITIONS} conditions in all.`, MAX_CONDITIONS),
  )
  .transform(toGroup)

function countConditions({ conditions, groups }: ParsedGroup): number {
  const inner = (groups ?? []).map(countConditions)
  return (conditions ?? []).length + inner.reduce((sum, count) => sum + count, 0)
}

function toGroup({ match, conditions, groups }: ParsedGroup): ConditionGroup<string> {
  return {
    match,
    conditions: (conditions ?? []).map(({ attributeId, operator, values }) => {
      return { attribute: attributeId, operator, values: values ?? [] }
    }),
    groups: (groups ?? []).map(toGroup),
  }
}
