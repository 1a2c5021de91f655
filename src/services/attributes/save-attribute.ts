// Defines an attribute of people or of companies, or changes its label and its picklist. What it describes, its name and its
// type are settled when it is made: values, conditions and texts depend on them.
import { z } from 'zod'
import type { Attribute as AttributeRow } from '../../database/generated/client/client.ts'
import { AttributeEntity, AttributeType } from '../../database/generated/client/enums.ts'
import { lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import {
  ConflictError,
  type InputIssue,
  type InputIssueCode,
  InvalidInputError,
  NotFoundError,
} from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import { once } from '../idempotency.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { callerOf, requirePermission } from '../identity/viewer.ts'
import { fault, idempotencyKey, line, parseInput } from '../input.ts'
import { runTransaction } from '../transaction.ts'
import { ATTRIBUTE_NAME } from './attribute.ts'
import { foldText } from './fold-text.ts'

/** Of a workspace, without the built-in ones. */
export const MAX_ATTRIBUTES = 500
export const MAX_LABEL_LENGTH = 100
export const MAX_PICKLIST_VALUES = 200
export const MAX_PICKLIST_VALUE_LENGTH = 100

const values = z
  .array(line(MAX_PICKLIST_VALUE_LENGTH))
  .max(MAX_PICKLIST_VALUES, `Must be at most ${MAX_PICKLIST_VALUES} values.`)
  .superRefine((all, check) => {
    const keys = all.map(foldText)
    for (const [index, key] of keys.entries()) {
      if (keys.indexOf(key) === index) continue
      const message = 'Must not occur twice in the list, in whatever case.'
      check.addIssue({ code: 'custom', path: [index], ...fault('DUPLICATE', message) })
    }
  })

const saveAttributeInput = z.object({
  attributeId: z.string().nullish(),
  entity: z.enum(AttributeEntity).nullish(),
  name: z
    .string()
    .regex(
      new RegExp(`^${ATTRIBUTE_NAME}$`),
      'Must be a letter or _, and then at most 99 letters, digits and _.',
    )
    .refine((name) => name !== '__proto__', fault('NOT_ALLOWED', 'Must not be __proto__.'))
    .nullish(),
  type: z.enum(AttributeType).nullish(),
  label: line(MAX_LABEL_LENGTH).nullish(),
  values: values.nullish(),
  idempotencyKey,
})

export type NewAttribute = Omit<z.output<typeof saveAttributeInput>, 'attributeId' | 'idempotencyKey'>

/** @param raw.attributeId the attribute to change; a new one when omitted
 * @param raw.values replace the present ones. People who have a value that is not offered any more keep it, and conditions
 *   go on comparing with it
 * @param read reads the answer in the same transaction; null for an attribute that was deleted since a first call
 * @returns what `read` returned
 * @throws ForbiddenError without MANAGE_CONFIGURATION
 * @throws InvalidInputError
 * @throws NotFoundError for an attribute the workspace does not have
 * @throws ConflictError for a built-in attribute, a name that is taken, or a key that was used before with other input */
export async function saveAttribute<Answer>(
  context: RequestContext,
  raw: z.input<typeof saveAttributeInput>,
  read: (tx: Transaction, attributeId: string) => Promise<Answer | null>,
): Promise<Answer> {
  const viewer = requirePermission(context.viewer, 'MANAGE_CONFIGURATION')
  const { attributeId, idempotencyKey: key, ...input } = parseInput(saveAttributeInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'saveAttribute', input: raw, now }
  return runTransaction(context, async (tx) => {
    const savedId = await once(tx, call, async () => {
      await lockUniqueValues(tx, { workspaceId, of: 'attribute name' })
      const id = attributeId
        ? await changeAttribute(tx, { ...input, workspaceId, attributeId })
        : await createAttribute(tx, { ...input, workspaceId, now })
      await appendEvents(tx, { workspaceId, at: now, events: [newEvent.workspaceChanged()] })
      return id
    })
    const saved = await read(tx, savedId)
    if (saved === null) throw new NotFoundError('input.attributeId')
    return saved
  })
}

/** The caller has locked the names of attributes.
 * @returns the attribute's id
 * @throws InvalidInputError, ConflictError as in `saveAttribute` */
export async function createAttribute(
  tx: Transaction,
  input: NewAttribute & { workspaceId: string; now: Date },
): Promise<string> {
  const { workspaceId, entity, name, type, label, now } = input
  if (!entity || !name || !type) {
    const missing = Object.entries({ entity, name, type }).filter(([, value]) => !value)
    const message = 'Is required for a new attribute.'
    throw new InvalidInputError(missing.map(([field]) => issueOf(field, 'REQUIRED', message)))
  }
  await requireFree(tx, { workspaceId, entity, name })
  const { id } = await tx.attribute.create({
    data: {
      workspaceId,
      entity,
      name,
      type,
      label: label ?? name,
      values: valuesOf(type, input),
      createdAt: now,
    },
  })
  return id
}

/** @throws ConflictError for a name that the workspace has, or a text uses for something else
 * @throws InvalidInputError when the workspace has as many attributes as it may */
async function requireFree(
  tx: Transaction,
  named: { workspaceId: string; entity: AttributeEntity; name: string },
): Promise<void> {
  const { workspaceId, entity, name } = named
  // {{lead.name}} is made of the first name and the last name.
  const isToken = entity === 'PERSON' && name === 'name'
  if (isToken || (await tx.attribute.count({ where: named })) > 0) {
    throw new ConflictError('NAME_TAKEN', 'Another attribute has this name.')
  }
  if ((await tx.deletedAttribute.count({ where: named })) > 0) {
    const message =
      'The values of a deleted attribute with this name are still being removed. Try again later.'
    throw new ConflictError('NAME_TAKEN', message)
  }
  if ((await tx.attribute.count({ where: { workspaceId, builtIn: false } })) < MAX_ATTRIBUTES) return
  const message = `A workspace has at most ${MAX_ATTRIBUTES} attributes besides the built-in ones.`
  throw new InvalidInputError([{ path: ['input'], code: 'TOO_MANY', message, limit: MAX_ATTRIBUTES }])
}

/** @returns the attribute's id */
async function changeAttribute(
  tx: Transaction,
  input: NewAttribute & { workspaceId: string; attributeId: string },
): Promise<string> {
  const { workspaceId, attributeId: id, label } = input
  const attribute = await tx.attribute.findFirst({ where: { id, workspaceId } })
  if (attribute === null) throw new NotFoundError('input.attributeId')
  requireOwn(attribute)
  const changed = (['entity', 'name', 'type'] as const).filter(
    (field) => (input[field] ?? attribute[field]) !== attribute[field],
  )
  if (changed.length > 0) {
    const message = 'Cannot be changed: define another attribute instead.'
    throw new InvalidInputError(changed.map((field) => issueOf(field, 'NOT_ALLOWED', message)))
  }
  const { type } = attribute
  await tx.attribute.update({
    where: { id },
    data: { label: label ?? undefined, ...(input.values ? { values: valuesOf(type, input) } : {}) },
  })
  return id
}

/** @throws ConflictError for a built-in attribute */
export function requireOwn({ builtIn }: Pick<AttributeRow, 'builtIn'>): void {
  if (builtIn) throw new ConflictError('BUILT_IN_ATTRIBUTE', 'Built-in attributes stay as they are.')
}

/** @throws InvalidInputError unless a picklist, and nothing else, has values */
function valuesOf(type: AttributeType, { values }: NewAttribute): string[] {
  const isGiven = values !== null && values !== undefined && values.length > 0
  if (type === 'PICKLIST' && !isGiven) {
    throw new InvalidInputError([issueOf('values', 'REQUIRED', 'A picklist needs a value.')])
  }
  if (type !== 'PICKLIST' && isGiven) {
    throw new InvalidInputError([issueOf('values', 'NOT_ALLOWED', 'Only a picklist has values.')])
  }
  return values ?? []
}

function issueOf(field: string, code: InputIssueCode, message: string): InputIssue {
  return { path: ['input', field], code, message }
}
