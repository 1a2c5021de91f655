// People: visitors of the website, anonymous or known by their e-mail; and the visit that gives a token.
import { NotFoundError, UnauthenticatedError } from '../errors.ts'
import { startVisit, type Visit } from '../services/people/start-visit.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'

interface Company {
  name: string | null
  domain: string | null
  attributes: unknown
}

const CompanyRef = builder.objectRef<Company>('Company').implement({
  description: 'The company a person works for.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'For example `Analytical Engines Ltd`.' }),
    domain: t.exposeString('domain', {
      nullable: true,
      description: 'The domain of its website and e-mail, for example `engines.example`.',
    }),
    attributes: t.expose('attributes', {
      type: 'JSONObject',
      description: 'Other attributes by their names.',
    }),
  }),
})

export const PersonRef = builder.prismaNode('Person', {
  id: { field: 'id', description: 'Global id.' },
  description:
    'A visitor of the website. Staff see everybody; visitors see themselves, with the fields that are not marked as staff only.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    known: t.boolean({
      description: 'Whether there is an e-mail; without one the person is anonymous.',
      select: { email: true },
      resolve: ({ email }) => email !== null,
    }),
    email: t.expose('email', {
      type: 'EmailAddress',
      nullable: true,
      description: 'In lower case. Unique in the workspace.',
    }),
    firstName: t.exposeString('firstName', { nullable: true, description: 'For example `Grace`.' }),
    lastName: t.exposeString('lastName', { nullable: true, description: 'For example `Hopper`.' }),
    jobTitle: t.exposeString('jobTitle', {
      nullable: true,
      description: 'For example `Head of Purchasing`. Staff only.',
      authScopes: { staff: true },
    }),
    phone: t.exposeString('phone', {
      nullable: true,
      description: 'As it was entered. Staff only.',
      authScopes: { staff: true },
    }),
    attributes: t.expose('attributes', {
      type: 'JSONObject',
      description: 'Other attributes by their names. Staff only.',
      authScopes: { staff: true },
    }),
    company: t.field({
      type: CompanyRef,
      nullable: true,
      description: 'Null when nothing is known of it. Staff only.',
      authScopes: { staff: true },
      select: { companyName: true, companyDomain: true, companyAttributes: true },
      resolve: ({ companyName: name, companyDomain: domain, companyAttributes: attributes }) =>
        (name ?? domain ?? Object.keys(Object(attributes))[0]) ? { name, domain, attributes } : null,
    }),
  }),
})

export const ViewerRef = builder.unionType('Viewer', {
  types: [AgentRef, PersonRef],
  description: 'Who the bearer token belongs to: a member of the staff, or a visitor.',
  resolveType: (value) => ('attributes' in value ? 'Person' : 'Agent'),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'Who the bearer token of this request belongs to. For everybody who is signed in.',
    resolve: (_root, _arguments, { viewer, database }) => {
      if (viewer.kind === 'ANONYMOUS') throw new UnauthenticatedError('Nobody is signed in.')
      return viewer.kind === 'AGENT'
        ? database.agent.findUniqueOrThrow({ where: { id: viewer.agentId } })
        : database.person.findUniqueOrThrow({ where: { id: viewer.personId } })
    },
  }),
)

const CompanyInput = builder.inputType('CompanyInput', {
  description: 'The company of a person. Fields that are left out keep their value.',
  fields: (t) => ({
    name: t.string({ description: 'At most 200 characters.' }),
    domain: t.string({ description: 'For example `engines.example`.' }),
    attributes: t.field({
      type: 'JSONObject',
      description:
        'Other attributes by their names; replaces the present ones. At most 10,000 characters as JSON, nested at most 20 deep.',
    }),
  }),
})

export const PersonInput = builder.inputType('PersonInput', {
  description: 'What is known of a person. Fields that are left out keep their value.',
  fields: (t) => ({
    email: t.field({ type: 'EmailAddress', description: 'Decides who the person is.' }),
    firstName: t.string({ description: 'One line, at most 100 characters.' }),
    lastName: t.string({ description: 'One line, at most 100 characters.' }),
    jobTitle: t.string({ description: 'One line, at most 100 characters.' }),
    phone: t.string({ description: 'One line, at most 40 characters.' }),
    company: t.field({ type: CompanyInput, description: 'The company the person works for.' }),
    attributes: t.field({
      type: 'JSONObject',
      description:
        'Other attributes by their names; replaces the present ones. At most 10,000 characters as JSON, nested at most 20 deep.',
    }),
  }),
})

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

const StartVisitInput = builder.inputType('StartVisitInput', {
  description: 'A new visit.',
  fields: (t) => ({
    publicKey: t.string({
      required: true,
      description: "The workspace's public key, from the website's snippet.",
    }),
    pageUrl: t.field({ type: 'URL', description: 'The page the visitor is on.' }),
    person: t.field({ type: PersonInput, description: 'What is known of the visitor already.' }),
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
