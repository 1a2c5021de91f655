// The workspace: a company that uses the product, with its settings.
import type { Workspace } from '../database/generated/client/client.ts'
import { requireSignedIn } from '../services/identity/viewer.ts'
import { updateWorkspace } from '../services/workspaces/update-workspace.ts'
import { builder } from './builder.ts'
import { FallbackRef } from './shared.ts'

const SlotOfferRef = builder.enumType('SlotOffer', {
  description: 'Which slots visitors are shown when several agents could take a meeting.',
  values: {
    ANY_AGENT: { description: 'Those of all of them.' },
    NEXT_AGENT: { description: 'Only those of the agent whose turn it is.' },
  },
})

const MeetingSettingsRef = builder.objectRef<Workspace>('MeetingSettings').implement({
  description: 'What holds for all meetings of the workspace.',
  fields: (t) => ({
    fallback: t.field({
      type: FallbackRef,
      description: 'What a visitor is shown when nobody takes meetings.',
      resolve: ({ fallbackMessage: message, fallbackOfferMeeting: offerMeeting }) => ({
        message,
        offerMeeting,
      }),
    }),
    slotOffer: t.expose('slotOffer', {
      type: SlotOfferRef,
      description: 'Which slots visitors are shown when several agents could take a meeting.',
    }),
  }),
})

export const WorkspaceRef = builder.prismaNode('Workspace', {
  id: { field: 'id', description: 'Global id.' },
  description:
    'A company that uses the product. Visitors may read its name; the other fields are for its staff.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'For example `Acme`.' }),
    streamHead: t.field({
      type: 'EventCursor',
      nullable: true,
      description:
        'Where the stream of `workspaceEvents` stood before anything of this answer was read: to subscribe from once it is shown. Null for anybody but staff.',
      resolve: (_workspace, _arguments, { streamHeads }) => streamHeads?.workspace ?? null,
    }),
    timeZone: t.expose('timeZone', {
      type: 'TimeZone',
      description: 'The zone that new agents begin with. Staff only.',
      authScopes: { staff: true },
    }),
    publicKey: t.exposeString('publicKey', {
      description:
        "What the website's snippet carries, for `startVisit`. It names the workspace and is no secret. Staff only.",
      authScopes: { staff: true },
    }),
    allowedOrigins: t.expose('allowedOrigins', {
      type: ['URL'],
      description:
        'The websites whose pages may call this API, for example `https://www.acme.com`. Staff only.',
      authScopes: { staff: true },
    }),
    meetingSettings: t.field({
      type: MeetingSettingsRef,
      description: 'What holds for all meetings. Staff only.',
      authScopes: { staff: true },
      resolve: (workspace) => workspace,
    }),
  }),
})

builder.queryField('workspace', (t) =>
  t.prismaField({
    type: WorkspaceRef,
    description: 'The workspace of the viewer. For everybody who is signed in.',
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.workspace.findUniqueOrThrow({
        ...query,
        where: { id: requireSignedIn(viewer).workspaceId },
      }),
  }),
)

const FallbackInput = builder.inputType('FallbackInput', {
  description: 'What a visitor is shown when nobody can be found. What is left out stays.',
  fields: (t) => ({
    message: t.string({ description: 'Text for the visitor, 1 to 1000 characters.' }),
    offerMeeting: t.boolean({ description: 'Whether to offer booking a meeting at another time.' }),
  }),
})

const MeetingSettingsInput = builder.inputType('MeetingSettingsInput', {
  description: 'What is to hold for all meetings. What is left out stays.',
  fields: (t) => ({
    slotOffer: t.field({
      type: SlotOfferRef,
      description: 'Which slots visitors are shown when several agents could take a meeting.',
    }),
    fallback: t.field({
      type: FallbackInput,
      description: 'What a visitor is shown when nobody takes meetings.',
    }),
  }),
})

const UpdateWorkspaceInput = builder.inputType('UpdateWorkspaceInput', {
  description: 'Settings of the workspace. What is left out stays.',
  fields: (t) => ({
    name: t.string({ description: 'One line, at most 100 characters.' }),
    timeZone: t.field({ type: 'TimeZone', description: 'The zone that new agents begin with.' }),
    allowedOrigins: t.field({
      type: ['URL'],
      description:
        'The websites whose pages may call this API, at most 50: scheme, host and port, for example `https://www.acme.com`. All others are taken off.',
    }),
    meetingSettings: t.field({
      type: MeetingSettingsInput,
      description: 'What is to hold for all meetings.',
    }),
  }),
})

builder.mutationField('updateWorkspace', (t) =>
  t.field({
    type: WorkspaceRef,
    description: 'Changes settings of the workspace. Needs MANAGE_CONFIGURATION.',
    errors: {},
    args: { input: t.arg({ type: UpdateWorkspaceInput, required: true, description: 'The settings.' }) },
    resolve: (_root, { input }, context) => updateWorkspace(context, input),
  }),
)
