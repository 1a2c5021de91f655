// The templates of agents' invitations, with tokens for values of the meeting and its person.
import { NotFoundError, TOKEN_REQUIRED, UnauthenticatedError } from '../errors.ts'
import { MAX_ATTRIBUTES } from '../services/attributes/save-attribute.ts'
import { CALENDAR_PROVIDERS } from '../services/calendars/providers.ts'
import { type Invitation, toInvitation } from '../services/invitations/invitation.ts'
import { MAX_BODY_LENGTH, MAX_SUBJECT_LENGTH } from '../services/invitations/invitation-input.ts'
import { listTokens, type TokenChoice } from '../services/invitations/list-tokens.ts'
import { type InvitationPreview, previewInvitation } from '../services/invitations/preview-invitation.ts'
import { updateInvitation } from '../services/invitations/update-invitation.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import {
  atMost,
  NULL_IF_REFUSED,
  oneLine,
  requiresOwnOrManaged,
  STAFF_ONLY,
  STAFF_TOKEN,
  STAFF_TYPE,
} from './texts.ts'

const AGENT_ID = 'The agent. Defaults to the viewer.'
const TOKENS =
  'It can contain tokens such as `{{lead.firstName:"there"}}`, where the quoted default is optional. `invitationTokens` lists the tokens.'
const SUBJECT = `The subject. ${oneLine(MAX_SUBJECT_LENGTH)} ${TOKENS}`
const BODY = `The body: plain text of any number of lines. ${atMost(MAX_BODY_LENGTH)} ${TOKENS}`

const CONFERENCES = Object.values(CALENDAR_PROVIDERS).flatMap(({ title, conference }) =>
  conference === null ? [] : [`${conference.title} for ${title} calendars`],
)

interface AgentInvitation extends Invitation {
  agentId: string
}

const InvitationTemplateRef = builder.objectRef<AgentInvitation>('InvitationTemplate').implement({
  description: `The template of an agent's invitations. The subject and the body of a meeting are made from it when the meeting is booked with the agent, or reassigned to the agent. ${STAFF_TYPE}`,
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      description: 'The agent who sends the invitations.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    subject: t.exposeString('subject', {
      description: "The template of a meeting's subject, for example `{{agent.name}} and {{lead.name}}`.",
    }),
    body: t.exposeString('body', {
      description:
        'The template of a meeting\'s body: plain text of one or more lines, for example `Hello {{lead.firstName:"there"}}!`. If it does not contain `{{meeting.agenda}}`, the visitor\'s agenda is appended.',
    }),
    includeConferenceLink: t.exposeBoolean('includeConferenceLink', {
      description: `Whether a video conference is created: ${CONFERENCES.join(', ')}. The built-in calendar creates none.`,
    }),
  }),
})

builder.prismaObjectField(AgentRef, 'invitation', (t) =>
  t.field({
    type: InvitationTemplateRef,
    description: `The template of the agent's invitations; a default until the agent changes it. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    select: { id: true, invitation: true },
    resolve: ({ id, invitation }) => ({ agentId: id, ...toInvitation(invitation) }),
  }),
)

const InvitationPreviewRef = builder.objectRef<InvitationPreview>('InvitationPreview').implement({
  description: 'An invitation as its recipient would read it.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'The subject with its tokens replaced.' }),
    body: t.exposeString('body', {
      description:
        'The body with its tokens replaced; like in a real invitation, the agenda is appended if the template does not contain `{{meeting.agenda}}`.',
    }),
    unknownTokens: t.exposeStringList('unknownTokens', {
      description:
        'What `updateInvitation` would refuse, as it is written: unknown tokens, and double braces that are no token. Empty if there is nothing to refuse.',
    }),
  }),
})

const TextTokenRef = builder.objectRef<TokenChoice>('TextToken').implement({
  description: 'A placeholder in the text of an invitation, which is replaced by a value.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'The token with its braces, for example `{{lead.firstName}}`. Written as `{{lead.firstName:"there"}}`, it has a default for when there is no value.',
    }),
    label: t.exposeString('label', { description: 'What the token stands for, in English.' }),
    example: t.exposeString('example', {
      nullable: true,
      description: 'An example of its value, such as `Grace`; null for attributes of the workspace itself.',
    }),
  }),
})

builder.queryField('invitationTokens', (t) =>
  t.field({
    type: [TextTokenRef],
    nullable: true,
    description: `The tokens that invitations can contain: those of every workspace, then up to ${MAX_ATTRIBUTES} of the attributes that the workspace has defined. ${STAFF_TOKEN} ${NULL_IF_REFUSED}`,
    complexity: 50,
    resolve: (_root, _arguments, context) => listTokens(context),
  }),
)

const UpdateInvitationInput = builder.inputType('UpdateInvitationInput', {
  description:
    "Changes to the template of an agent's invitations. Omitted fields keep their value. Null restores the default of `subject` and of `body`, and keeps `includeConferenceLink`.",
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    subject: t.string({ description: `${SUBJECT} Null restores the default.` }),
    body: t.string({ description: `${BODY} Null restores the default.` }),
    includeConferenceLink: t.boolean({
      description: 'Whether to create a video conference. If omitted or null, it stays; true at first.',
    }),
  }),
})

builder.mutationField('updateInvitation', (t) =>
  t.field({
    type: InvitationTemplateRef,
    description: `Changes the template of an agent's invitations. Booked meetings keep their texts. An \`InvalidInputError\` names unknown tokens and malformed braces. ${requiresOwnOrManaged('CONNECT_CALENDAR')}`,
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: UpdateInvitationInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      updateInvitation(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)

const PreviewInvitationInput = builder.inputType('PreviewInvitationInput', {
  description: 'The texts to preview.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    subject: t.string({ description: `${SUBJECT} Defaults to the saved one.` }),
    body: t.string({ description: `${BODY} Defaults to the saved one.` }),
    personId: t.id({ description: 'The person to meet. Defaults to a sample person.' }),
  }),
})

builder.queryField('previewInvitation', (t) =>
  t.field({
    type: InvitationPreviewRef,
    nullable: true,
    authScopes: { staff: true },
    description: `Renders an invitation as its recipient would read it, for a sample meeting on the next day, with a sample agenda and with times in the agent's time zone. As in a mutation, errors of the input are part of the result. Unknown tokens are treated as having no value, and are listed in \`unknownTokens\`. ${requiresOwnOrManaged('CONNECT_CALENDAR')} ${NULL_IF_REFUSED}`,
    errors: {
      types: [NotFoundError],
      union: { description: 'The preview, or the reason why there is none.' },
    },
    args: {
      input: t.arg({ type: PreviewInvitationInput, required: true, description: 'The texts to preview.' }),
    },
    resolve: (_root, { input }, context) => {
      // A query says at the top level that it needs a token, also this one, which answers a union.
      if (context.viewer.kind === 'ANONYMOUS') throw new UnauthenticatedError(TOKEN_REQUIRED)
      return previewInvitation(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
        personId: fromOptionalGlobalId('Person', { id: input.personId, field: 'input.personId' }),
      })
    },
  }),
)
