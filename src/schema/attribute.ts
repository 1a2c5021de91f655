// The attributes of people and of their companies: which there are, and what uses them.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { AttributeInUseError, type AttributeUser, ConflictError, NotFoundError } from '../errors.ts'
import { MAX_ATTRIBUTE_NAME_LENGTH } from '../services/attributes/attribute.ts'
import { BUILT_IN_ATTRIBUTES } from '../services/attributes/built-in.ts'
import { type DeletedAttribute, deleteAttribute } from '../services/attributes/delete-attribute.ts'
import {
  MAX_ATTRIBUTES,
  MAX_LABEL_LENGTH,
  MAX_PICKLIST_VALUE_LENGTH,
  MAX_PICKLIST_VALUES,
  saveAttribute,
} from '../services/attributes/save-attribute.ts'
import { toUsers, USERS } from '../services/attributes/uses.ts'
import { requireStaff } from '../services/identity/viewer.ts'
import { AttributeTypeRef } from './attribute-enums.ts'
import { builder } from './builder.ts'
import { ErrorInterface } from './errors.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import {
  GLOBAL_ID,
  IDEMPOTENCY_KEY,
  MORE_VALUES,
  NULL_IF_REFUSED,
  oneLine,
  STAFF_TOKEN,
  STAFF_TYPE,
} from './texts.ts'

/** The cost counts this number. */
const TYPICAL_ATTRIBUTES = 20

const AttributeEntityRef = builder.enumType('AttributeEntity', {
  description: 'What an attribute describes.',
  values: {
    PERSON: { description: 'A person. Texts name the attribute `{{lead.…}}`.' },
    COMPANY: { description: 'The company of a person. Texts name the attribute `{{company.…}}`.' },
  },
})

const AttributeUseKindRef = builder.enumType('AttributeUseKind', {
  description: `What can use an attribute. ${MORE_VALUES}`,
  values: {
    DIALOGUE: { description: 'A dialogue, in its draft or as it is published.' },
    INVITATION: { description: "An agent's invitation, which has the attribute as a token." },
  },
})

const AttributeUseRef = builder.objectRef<AttributeUser>('AttributeUse').implement({
  description: `Something that uses an attribute, which therefore cannot be deleted. ${STAFF_TYPE}`,
  fields: (t) => ({
    kind: t.field({
      type: AttributeUseKindRef,
      description: 'What it is.',
      resolve: ({ kind }) => kind,
    }),
    name: t.exposeString('name', {
      description:
        'The name of the dialogue, or of the agent whose invitation it is, for example `Ada Lovelace`.',
    }),
  }),
})

const NAME = 'The name in the API and in tokens, for example `industry`; unique for its entity.'
const LABEL = 'What people call it, for example `Industry`.'
const VALUES = 'What a PICKLIST offers, in this order, for example `["Small", "Large"]`.'

export const AttributeRef = builder.prismaNode('Attribute', {
  id: { field: 'id', description: GLOBAL_ID },
  description: `Something that is known of people or of their companies. ${STAFF_TYPE}`,
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: NAME }),
    label: t.exposeString('label', { description: LABEL }),
    entity: t.expose('entity', { type: AttributeEntityRef, description: 'What it describes.' }),
    type: t.expose('type', { type: AttributeTypeRef, description: 'Which values it has.' }),
    values: t.stringList({
      nullable: true,
      description: `${VALUES} Null for other types.`,
      resolve: ({ type, values }) => (type === 'PICKLIST' ? values : null),
    }),
    builtIn: t.exposeBoolean('builtIn', {
      description:
        'Whether every workspace has it. A built-in attribute is a field of its own of `Person` or `Company`, and can be neither changed nor deleted.',
    }),
    synced: t.exposeBoolean('synced', {
      description: 'Whether another system sets its values. False for all at present.',
    }),
    usedBy: t.field({
      type: [AttributeUseRef],
      description:
        'What uses it: dialogues first, each kind by name. As long as there is any, it cannot be deleted.',
      select: { uses: USERS },
      resolve: ({ uses }) => toUsers(uses),
    }),
  }),
})

builder.objectType(AttributeInUseError, {
  name: 'AttributeInUseError',
  description: 'The attribute is used, so it cannot be deleted. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    uses: t.field({
      type: [AttributeUseRef],
      description: 'What uses it; at least one.',
      resolve: (error) => error.uses,
    }),
  }),
})

builder.queryField('attributes', (t) =>
  t.prismaField({
    type: [AttributeRef],
    nullable: true,
    description: `The attributes of the workspace: of people, then of companies; the ${BUILT_IN_ATTRIBUTES.length} built-in ones first, then up to ${MAX_ATTRIBUTES} others by name. ${STAFF_TOKEN} ${NULL_IF_REFUSED}`,
    complexity: { field: 1, multiplier: TYPICAL_ATTRIBUTES },
    args: {
      entity: t.arg({ type: AttributeEntityRef, description: 'Only those that describe this.' }),
    },
    resolve: (query, _root, { entity }, { viewer, database }) =>
      database.attribute.findMany({
        ...query,
        where: { workspaceId: requireStaff(viewer).workspaceId, entity: entity ?? undefined },
        orderBy: [{ entity: 'asc' }, { builtIn: 'desc' }, { name: 'asc' }],
      }),
  }),
)

const SaveAttributeInput = builder.inputType('SaveAttributeInput', {
  description:
    'An attribute to define, or changes to one. `entity`, `name` and `type` are settled when it is defined: later, they are omitted or the same.',
  fields: (t) => ({
    attributeId: t.id({ description: 'The attribute to change. If omitted or null, one is defined.' }),
    entity: t.field({
      type: AttributeEntityRef,
      description: 'What it describes. Required for a new attribute.',
    }),
    name: t.string({
      description: `${NAME} Letters, digits and \`_\`, at most ${MAX_ATTRIBUTE_NAME_LENGTH}, no digit first. Required for a new attribute.`,
    }),
    type: t.field({
      type: AttributeTypeRef,
      description: 'Which values it has. Required for a new attribute.',
    }),
    label: t.string({
      description: `${LABEL} ${oneLine(MAX_LABEL_LENGTH)} If omitted or null, it stays, and is the name for a new attribute.`,
    }),
    values: t.stringList({
      description: `${VALUES} 1 to ${MAX_PICKLIST_VALUES} for a PICKLIST, each once, in whatever case, one line of at most ${MAX_PICKLIST_VALUE_LENGTH} characters; none for other types. They replace the present ones: people who have a value that is no longer offered keep it, and conditions of published dialogues still compare with it. If omitted or null, they stay.`,
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('saveAttribute', (t) =>
  t.prismaField({
    type: AttributeRef,
    description: `Defines an attribute, or changes the label or the picklist of one. A workspace has at most ${MAX_ATTRIBUTES} besides the built-in ones. Requires MANAGE_CONFIGURATION.`,
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: SaveAttributeInput, required: true, description: 'The attribute.' }) },
    resolve: (query, _root, { input }, context) => {
      const { attributeId: id } = input
      const attributeId = fromOptionalGlobalId('Attribute', { id, field: 'input.attributeId' })
      return saveAttribute(context, { ...input, attributeId }, (tx, savedId) =>
        tx.attribute.findUnique({ ...query, where: { id: savedId } }),
      )
    },
  }),
)

const DeleteAttributeInput = builder.inputType('DeleteAttributeInput', {
  description: 'An attribute to delete.',
  fields: (t) => ({ attributeId: t.id({ required: true, description: 'The attribute.' }) }),
})

export const DeletedAttributeRef = builder.objectRef<DeletedAttribute>('DeletedAttribute').implement({
  description: 'What is left of an attribute after its deletion.',
  fields: (t) => ({
    attributeId: t.id({
      description: 'The global id that the attribute had.',
      resolve: ({ attributeId }) => encodeGlobalID('Attribute', attributeId),
    }),
  }),
})

builder.mutationField('deleteAttribute', (t) =>
  t.field({
    type: DeletedAttributeRef,
    description:
      'Deletes an attribute that nothing uses. Its values are removed from people within a short while; until then, no other attribute can have its name. What visitors said in their chats and meetings stays. Requires MANAGE_CONFIGURATION.',
    errors: { types: [ConflictError, NotFoundError, AttributeInUseError] },
    args: {
      input: t.arg({ type: DeleteAttributeInput, required: true, description: 'The attribute to delete.' }),
    },
    resolve: (_root, { input }, context) => {
      const { attributeId: id } = input
      return deleteAttribute(context, {
        attributeId: fromGlobalId('Attribute', { id, field: 'input.attributeId' }),
      })
    },
  }),
)
