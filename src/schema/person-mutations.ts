// Visits, and the mutations that identify visitors and change people.
import { DEFAULT_RETENTION } from '../config/retention.ts'
import { ConflictError, NotFoundError, ProofOfWorkRequiredError, QuotaExceededError } from '../errors.ts'
import { MAX_CRM_STATUS_LENGTH } from '../services/attributes/built-in.ts'
import { identifyVisitor } from '../services/people/identify-visitor.ts'
import { startVisit, VISIT_LASTS_MS, type Visit } from '../services/people/start-visit.ts'
import { updatePerson } from '../services/people/update-person.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'
import { PersonInput, PersonRef } from './person.ts'
import { withProvenance } from './seen-person.ts'
import { BUDGETED, OMITTED_OR_NULL_STAYS, oneLine, VISITOR_TOKEN } from './texts.ts'

const VISITOR = 'The person that the visitor is, known or anonymous.'

const VisitRef = builder.objectRef<Visit>('Visit').implement({
  description: 'A visit to the website, with the token that the visitor uses for this API.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'The bearer token for `Authorization: Bearer …`. It is returned only once; store it in the browser.',
    }),
    person: t.prismaField({
      type: PersonRef,
      description: VISITOR,
      resolve: async (query, { visitor: reader }, _arguments, { database }) => {
        const where = { id: reader.personId }
        return withProvenance(await database.person.findUniqueOrThrow({ ...query, where }), { reader })
      },
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: `The instant at which the token expires at the latest: ${formatDuration(VISIT_LASTS_MS)} after the visit began. A visit in which the visitor did nothing may end earlier, after ${formatDuration(DEFAULT_RETENTION.idleVisitsMs)} unless the installation sets another time; start a new one when a request is answered with \`UNAUTHENTICATED\`.`,
    }),
  }),
})

const IDENTITY_HASH =
  'Verifies the visitor: the website\'s own server thereby says that the visitor is signed in there with `person.email`. It is the HMAC-SHA-256 of that address in lower case, as hexadecimal digits, with `Workspace.identitySecret` as the key. In Node: `createHmac("sha256", Buffer.from(identitySecret, "hex")).update(email).digest("hex")`. A verified visitor also sees what the person did in other browsers; without it, a visitor sees only what it did itself. A wrong hash, or one without an e-mail address, is refused.'

const StartVisitInput = builder.inputType('StartVisitInput', {
  description: 'A visit to start.',
  fields: (t) => ({
    publicKey: t.string({
      required: true,
      description: "The public key of the workspace, which the website's snippet contains.",
    }),
    pageUrl: t.field({ type: 'URL', description: 'The address of the web page that the visitor is on.' }),
    person: t.field({ type: PersonInput, description: 'What the website knows about the visitor.' }),
    identityHash: t.string({ description: IDENTITY_HASH }),
    proofOfWork: t.string({
      description:
        'The solution of the challenge of a `ProofOfWorkRequiredError`: the JSON of `{ challenge, solution }` in base64, as ALTCHA makes it. Left out at the first call.',
    }),
  }),
})

builder.mutationField('startVisit', (t) =>
  t.field({
    type: VisitRef,
    description: `Starts a visit, and returns a token for the visitor. Requires no token: the public key identifies the workspace. A browser must call it from one of the workspace's \`allowedOrigins\`. Where \`visitProtection\` asks for it, many visits from one client address need a proof of work. ${BUDGETED}`,
    errors: { types: [NotFoundError, QuotaExceededError, ProofOfWorkRequiredError] },
    args: { input: t.arg({ type: StartVisitInput, required: true, description: 'The visit to start.' }) },
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
        'What is known about the visitor. With an e-mail address, the visitor belongs to the known person with that address, or to a new one, and keeps what it did as an anonymous person. Without one, the visitor stays the same person. Unless the visitor is verified, this is a claim: it changes no person who existed before, and the visitor reads of the person only what it said itself.',
    }),
    identityHash: t.string({ description: IDENTITY_HASH }),
  }),
})

builder.mutationField('identifyVisitor', (t) =>
  t.prismaField({
    type: PersonRef,
    description: `Identifies the visitor, or adds to what is known, during a visit. ${BUDGETED} ${VISITOR_TOKEN}`,
    errors: { types: [QuotaExceededError] },
    args: {
      input: t.arg({ type: IdentifyVisitorInput, required: true, description: 'Who the visitor is.' }),
    },
    resolve: (query, _root, { input }, context) =>
      identifyVisitor(context, input, async (tx, reader) => {
        const where = { id: reader.personId }
        return withProvenance(await tx.person.findUniqueOrThrow({ ...query, where }), { reader })
      }),
  }),
)

const UpdatePersonInput = builder.inputType('UpdatePersonInput', {
  description: `Changes to a person. ${OMITTED_OR_NULL_STAYS}`,
  fields: (t) => ({
    personId: t.id({ required: true, description: 'The person to change.' }),
    person: t.field({
      type: PersonInput,
      required: true,
      description:
        'What is known about the person. An e-mail address makes an anonymous person known, or replaces that of a known person. It must not belong to another person of the workspace.',
    }),
    crmStatus: t.string({
      description: `The person's status in the CRM, for example \`Customer\`. ${oneLine(MAX_CRM_STATUS_LENGTH)}`,
    }),
  }),
})

builder.mutationField('updatePerson', (t) =>
  t.prismaField({
    type: PersonRef,
    description:
      "Updates what is known about a person. After a change of the e-mail address, the person's browsers are no longer verified, and see only what they did themselves. Requires VIEW_ALL_CONVERSATIONS, or VIEW_MY_CONVERSATIONS and an `ACTIVE` conversation of the viewer with the person.",
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: UpdatePersonInput, required: true, description: 'The changes.' }) },
    resolve: (query, _root, { input }, context) => {
      const personId = fromGlobalId('Person', { id: input.personId, field: 'input.personId' })
      return updatePerson(context, { ...input, personId }, (tx, id) =>
        tx.person.findUniqueOrThrow({ ...query, where: { id } }),
      )
    },
  }),
)
