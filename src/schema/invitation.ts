// What agents write to whoever books a meeting, with tokens that stand for the person and the meeting.
import { NotFoundError } from '../errors.ts'
import { type Invitation, toInvitation } from '../services/invitations/invitation.ts'
import { listTokens, type TokenChoice } from '../services/invitations/list-tokens.ts'
import { type InvitationPreview, previewInvitation } from '../services/invitations/preview-invitation.ts'
import { updateInvitation } from '../services/invitations/update-invitation.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'

const AGENT_ID = "Whose; left out: one's own."
const TOKENS =
  'Tokens are written `{{lead.firstName:"there"}}`; what stands in quotes takes the place of a value that is not there, and may be left out. `invitationTokens` lists them.'
const SUBJECT = `One line, 1 to 200 characters. ${TOKENS}`
const BODY = `Plain text of several lines, at most 8000 characters. ${TOKENS}`

const InvitationTemplateRef = builder.objectRef<Invitation>('InvitationTemplate').implement({
  description:
    'What an agent writes to whoever books a meeting. Staff only. The texts of a meeting are made of it when it is booked, or given to the agent.',
  fields: (t) => ({
    subject: t.exposeString('subject', {
      description: 'The title of the meeting, for example `{{agent.name}} and {{lead.name}}`.',
    }),
    body: t.exposeString('body', {
      description:
        'Plain text of several lines, for example `Hello {{lead.firstName:"there"}}!`. Where it has no `{{meeting.agenda}}`, what the visitor wrote is put at its end.',
    }),
    includeConferenceLink: t.exposeBoolean('includeConferenceLink', {
      description:
        'Whether a video conference is made: Google Meet with a Google calendar, Teams with Outlook, none with the built-in calendar.',
    }),
  }),
})

builder.prismaObjectField(AgentRef, 'invitation', (t) =>
  t.field({
    type: InvitationTemplateRef,
    description:
      'What the agent writes to whoever books a meeting; a default until the agent writes something. Staff only.',
    authScopes: { staff: true },
    select: { invitation: true },
    resolve: ({ invitation }) => toInvitation(invitation),
  }),
)

const InvitationPreviewRef = builder.objectRef<InvitationPreview>('InvitationPreview').implement({
  description: 'An invitation as a person would get it.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'The title, with its tokens replaced.' }),
    body: t.exposeString('body', { description: 'The text, with its tokens replaced.' }),
    unknownTokens: t.exposeStringList('unknownTokens', {
      description:
        'What `updateInvitation` would refuse, as it is written: tokens that the workspace does not know, and two braces that are no token. Empty when all is well.',
    }),
  }),
})

const TokenRef = builder.objectRef<TokenChoice>('Token').implement({
  description: 'Something that can stand in an invitation in place of a value.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'As it is written, for example `{{lead.firstName}}`. `{{lead.firstName:"there"}}` says what stands there when there is no value.',
    }),
    label: t.exposeString('label', { description: 'What it stands for, in English.' }),
    example: t.exposeString('example', {
      nullable: true,
      description: 'A value, for example `Grace`; null for attributes that only this workspace has.',
    }),
  }),
})

builder.queryField('invitationTokens', (t) =>
  t.field({
    type: [TokenRef],
    description:
      "The tokens that invitations may have: those of every workspace, then attributes of the workspace's people and their companies by their API names, at most 500. Staff only.",
    complexity: 50,
    resolve: (_root, _arguments, context) => listTokens(context),
  }),
)

const UpdateInvitationInput = builder.inputType('UpdateInvitationInput', {
  description: 'Changes of an invitation. What is left out stays.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    subject: t.string({ description: `${SUBJECT} null: the default again.` }),
    body: t.string({ description: `${BODY} null: the default again.` }),
    includeConferenceLink: t.boolean({ description: 'Whether a video conference is to be made.' }),
  }),
})

builder.mutationField('updateInvitation', (t) =>
  t.field({
    type: InvitationTemplateRef,
    description:
      'Changes what an agent writes to whoever books a meeting. Meetings that are booked keep their texts. A token that the workspace does not know is refused, and named. Needs CONNECT_CALENDAR, for a colleague MANAGE_AGENTS.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: UpdateInvitationInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      updateInvitation(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)

const PreviewInvitationInput = builder.inputType('PreviewInvitationInput', {
  description: 'Texts to try out.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    subject: t.string({ description: `${SUBJECT} Left out or null: as it is saved.` }),
    body: t.string({ description: `${BODY} Left out or null: as it is saved.` }),
    personId: t.id({ description: 'Whom the meeting is with; left out: somebody made up.' }),
  }),
})

builder.mutationField('previewInvitation', (t) =>
  t.field({
    type: InvitationPreviewRef,
    description:
      "Shows an invitation as a person would get it, for a meeting on the next day and on the agent's clock. Changes nothing. Unknown tokens have no value and are listed. Needs CONNECT_CALENDAR, for a colleague MANAGE_AGENTS.",
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: PreviewInvitationInput, required: true, description: 'The texts.' }) },
    resolve: (_root, { input }, context) =>
      previewInvitation(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
        personId: fromOptionalGlobalId('Person', { id: input.personId, field: 'personId' }),
      }),
  }),
)
