// What is said of people: by themselves, with the visit that gives a token, and by staff.
import { ConflictError, NotFoundError } from '../errors.ts'
import { identifyVisitor } from '../services/people/identify-visitor.ts'
import { startVisit, type Visit } from '../services/people/start-visit.ts'
import { updatePerson } from '../services/people/update-person.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'
import { PersonInput, PersonRef } from './person.ts'

const VisitRef = builder.objectRef<Visit>('Visit').implement({
  description: "A visitor's presence on the website, with the token to act with.",
  fields: (t) => ({
    token: t.exposeString('token', {
      description: 'The bearer token for `Authorization: Bearer …`. Shown once; keep it in the browser.',
    }),
    person: t.prismaField({
      type: PersonRef,
      description: 'Who the visitor is, as far as is known.',
      resolve: (query, { personId }, _arguments, { database }) =>
        database.person.findUniqueOrThrow({ ...query, where: { id: personId } }),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the token ends: 30 days from now.',
    }),
  }),
})

const IDENTITY_HASH_DESCRIPTION =
  'Proof from the website\'s own server that the visitor is signed in there with `person.email`: the HMAC-SHA-256 of that e-mail in lower case, 64 hexadecimal digits, whose key is the 32 bytes of `Workspace.identitySecret`. In Node: `createHmac("sha256", Buffer.from(identitySecret, "hex")).update(email).digest("hex")`. With it the visitor sees what the person did in other browsers too; left out: only what it did itself. A wrong one, or one without an e-mail, is refused.'

const StartVisitInput = builder.inputType('StartVisitInput', {
  description: 'A new visit.',
  fields: (t) => ({
    publicKey: t.string({
      required: true,
      description: "The workspace's public key, from the website's snippet.",
    }),
    pageUrl: t.field({ type: 'URL', description: 'The page the visitor is on.' }),
    person: t.field({ type: PersonInput, description: 'What is known of the visitor already.' }),
    identityHash: t.string({ description: IDENTITY_HASH_DESCRIPTION }),
  }),
})

builder.mutationField('startVisit', (t) =>
  t.field({
    type: VisitRef,
    description:
      'Gives a visitor a token. Needs no token itself: the public key names the workspace, and a browser must call from one of its allowed origins.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: StartVisitInput, required: true, description: 'The visit.' }) },
    resolve: (_root, { input }, context) => startVisit(context, input),
  }),
)

const IdentifyVisitorInput = builder.inputType('IdentifyVisitorInput', {
  description: 'Who the visitor is.',
  fields: (t) => ({
    person: t.field({
      type: PersonInput,
      required: true,
      description:
        'What is known of the visitor. With an e-mail it is the person of that address from now on, new or known; what it did while it was anonymous goes along. Without one it stays who it is.',
    }),
    identityHash: t.string({ description: IDENTITY_HASH_DESCRIPTION }),
  }),
})

builder.mutationField('identifyVisitor', (t) =>
  t.field({
    type: PersonRef,
    description: 'Says who the visitor is, or more of it, in the middle of a visit. For visitors.',
    errors: {},
    args: { input: t.arg({ type: IdentifyVisitorInput, required: true, description: 'Who it is.' }) },
    resolve: (_root, { input }, context) => identifyVisitor(context, input),
  }),
)

const UpdatePersonInput = builder.inputType('UpdatePersonInput', {
  description: 'Changes of a person. What is left out or null stays.',
  fields: (t) => ({
    personId: t.id({ required: true, description: 'Whom.' }),
    person: t.field({
      type: PersonInput,
      required: true,
      description:
        'What is known now. An e-mail makes an anonymous person known, or is the new one of a known person; it must not belong to another person of the workspace.',
    }),
    crmStatus: t.string({ description: 'For example `Customer`. One line, at most 100 characters.' }),
  }),
})

builder.mutationField('updatePerson', (t) =>
  t.field({
    type: PersonRef,
    description:
      'Notes what is known of a person. After a change of the e-mail, browsers that were verified for the old one see only what they did themselves. Needs VIEW_ALL_CONVERSATIONS, or VIEW_MY_CONVERSATIONS and an active chat with the person.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: UpdatePersonInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      updatePerson(context, {
        ...input,
        personId: fromGlobalId('Person', { id: input.personId, field: 'personId' }),
      }),
  }),
)
