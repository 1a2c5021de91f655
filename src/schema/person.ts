// People as they are read: visitors of the website, anonymous or known by their e-mail.
import { UnauthenticatedError } from '../errors.ts'
import { filterPeople, PEOPLE_ORDER } from '../services/people/filter-people.ts'
import { visiblePeople } from '../services/people/visible-people.ts'
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
    crmStatus: t.exposeString('crmStatus', {
      nullable: true,
      description:
        'What the person is to the company, for example `Customer`; null when nobody noted it. Staff only.',
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
        : database.person.findFirstOrThrow({ where: visiblePeople(viewer) })
    },
  }),
)

builder.queryField('people', (t) =>
  t.prismaConnection({
    type: PersonRef,
    cursor: 'id',
    description:
      'The people of the workspace, anonymous ones included, last come first. Needs VIEW_ALL_CONVERSATIONS or MANAGE_ALL_MEETINGS.',
    args: {
      search: t.arg.string({
        description:
          "Words, each of which is in the name, the e-mail or the company's name, for example `grace hopper`. At most 100 characters.",
      }),
    },
    resolve: (query, _root, { search }, context) =>
      context.database.person.findMany({
        ...query,
        where: filterPeople(context, { search }),
        orderBy: PEOPLE_ORDER,
      }),
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
