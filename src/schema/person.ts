// People: the visitors of the website, anonymous or known by an e-mail address.

import { MAX_COMPANY_NAME_LENGTH, MAX_PHONE_LENGTH } from '../services/attributes/built-in.ts'
import { requireSignedIn } from '../services/identity/viewer.ts'
import { MAX_NAME_LENGTH } from '../services/input.ts'
import { filterPeople, orderPeople, type PersonOrder } from '../services/people/filter-people.ts'
import { MAX_ATTRIBUTES_LENGTH } from '../services/people/person-input.ts'
import { visiblePeople } from '../services/people/visible-people.ts'
import { MAX_SEARCH_LENGTH } from '../services/search.ts'
import { formatCount } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { COUNTED } from './connection.ts'
import { fromCursor, listedBy } from './page-arguments.ts'
import { AS_SEEN } from './seen-person.ts'
import {
  ANY_TOKEN,
  atMost,
  GLOBAL_ID,
  NULL_IF_REFUSED,
  OMITTED_OR_NULL_STAYS,
  oneLine,
  STAFF_ONLY,
} from './texts.ts'

const ATTRIBUTES = `The other attributes by name, for example \`{ "industry": "Navy" }\`, which replace the present ones. At most ${formatCount(MAX_ATTRIBUTES_LENGTH)} characters as JSON. Each name is that of an attribute of the workspace that is not built in (\`attributes\`), and each value of its type; null and an empty text mean none. An \`InvalidInputError\` names those that are not.`

const DESCRIBED_ATTRIBUTES =
  'The values of the other attributes (`attributes` in `Query`) by name, for example `{ "industry": "Navy" }`.'

interface Company {
  name: string | null
  domain: string | null
  attributes: unknown
}

export const CompanyRef = builder.objectRef<Company>('Company').implement({
  description: 'The company that a person works for.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description: 'The name, for example `Analytical Engines Ltd`; null if unknown.',
    }),
    domain: t.exposeString('domain', {
      nullable: true,
      description:
        'The domain of its website and e-mail addresses, for example `engines.example`; null if unknown.',
    }),
    attributes: t.expose('attributes', {
      type: 'JSONObject',
      description: DESCRIBED_ATTRIBUTES,
    }),
  }),
})

/** Of what is known of a person, and of what a visitor claims. */
export const DESCRIBED = {
  email: 'The e-mail address, in lower case; null if unknown.',
  firstName: 'The first name, for example `Grace`; null if unknown.',
  lastName: 'The last name, for example `Hopper`; null if unknown.',
  jobTitle: 'The job title, for example `Head of Purchasing`; null if unknown.',
  phone: 'The phone number as it was entered; null if unknown.',
  company: 'The company; null if nothing is known about it.',
  attributes: DESCRIBED_ATTRIBUTES,
}

/** @returns the company of a person or of a claim, if anything is known about it */
export function companyOf(person: {
  companyName: string | null
  companyDomain: string | null
  companyAttributes: unknown
}): Company | null {
  const { companyName: name, companyDomain: domain, companyAttributes: attributes } = person
  return (name ?? domain ?? Object.keys(Object(attributes))[0]) ? { name, domain, attributes } : null
}

export const PersonRef = builder.prismaNode('Person', {
  id: {
    field: 'id',
    description: `${GLOBAL_ID} For a visitor who is not verified, it is one of the visit.`,
    extensions: AS_SEEN,
  },
  description:
    'A visitor of the website, anonymous or known by an e-mail address, which no other person of the workspace has. With VIEW_ALL_CONVERSATIONS or MANAGE_ALL_MEETINGS, staff see all people of the workspace; with MANAGE_MY_MEETINGS or VIEW_MY_CONVERSATIONS, those of their own meetings or conversations. Visitors see themselves, without the fields for staff: a verified visitor (see `identityHash`) as the person is known, any other as it has described itself in this visit.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    known: t.boolean({
      description: 'Whether the person has an e-mail address. A person without one is anonymous.',
      extensions: AS_SEEN,
      resolve: ({ email }) => email !== null,
    }),
    email: t.expose('email', {
      type: 'EmailAddress',
      nullable: true,
      extensions: AS_SEEN,
      description: DESCRIBED.email,
    }),
    firstName: t.exposeString('firstName', {
      nullable: true,
      extensions: AS_SEEN,
      description: DESCRIBED.firstName,
    }),
    lastName: t.exposeString('lastName', {
      nullable: true,
      extensions: AS_SEEN,
      description: DESCRIBED.lastName,
    }),
    firstSeenAt: t.expose('createdAt', {
      type: 'DateTime',
      description: `The instant of the first visit or, for a person whom staff entered, of the first booking. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    erasedAt: t.expose('erasedAt', {
      type: 'DateTime',
      nullable: true,
      description: `The instant at which the person was erased (\`erasePerson\`): it is anonymous since then, and nothing is known of it. Null unless it was. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    jobTitle: t.exposeString('jobTitle', {
      nullable: true,
      description: `${DESCRIBED.jobTitle} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    phone: t.exposeString('phone', {
      nullable: true,
      description: `${DESCRIBED.phone} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    crmStatus: t.exposeString('crmStatus', {
      nullable: true,
      description: `The status in the CRM, for example \`Customer\`; null if unknown. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    attributes: t.expose('attributes', {
      type: 'JSONObject',
      description: `${DESCRIBED.attributes} ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    company: t.field({
      type: CompanyRef,
      nullable: true,
      description: `${DESCRIBED.company} ${STAFF_ONLY}`,
      authScopes: { staff: true },
      select: { companyName: true, companyDomain: true, companyAttributes: true },
      resolve: companyOf,
    }),
  }),
})

export const ViewerRef = builder.unionType('Viewer', {
  types: [AgentRef, PersonRef],
  description: "The owner of a bearer token: an agent, or a visitor's person.",
  resolveType: (value) => ('attributes' in value ? 'Person' : 'Agent'),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: `The viewer, who is the owner of the request's bearer token: an agent, or a visitor's person. ${ANY_TOKEN}`,
    resolve: (_root, _arguments, { viewer, database }) => {
      requireSignedIn(viewer)
      return viewer.kind === 'AGENT'
        ? database.agent.findUniqueOrThrow({ where: { id: viewer.agentId } })
        : database.person.findFirstOrThrow({ where: visiblePeople(viewer) })
    },
  }),
)

const PersonOrderRef = builder.enumType('PersonOrder', {
  description: 'The order of a list of people.',
  values: {
    FIRST_SEEN_DESC: { description: 'The latest `firstSeenAt` first.' },
    FIRST_SEEN_ASC: { description: 'The earliest `firstSeenAt` first.' },
    NAME_ASC: {
      description:
        'By last name, first name and e-mail address, as far as they are known, from A to Z; people of whom none is known come last.',
    },
  },
})

const PersonConnectionRef = builder.connectionObject(
  { type: PersonRef, name: 'PersonConnection', description: 'A page of people.' },
  { name: 'PersonEdge', description: 'A person with its cursor.' },
)

builder.queryField('people', (t) =>
  t.prismaConnection(
    {
      type: PersonRef,
      cursor: 'id',
      nullable: true,
      description: `The people of the workspace, including anonymous ones, without those who were erased. Requires VIEW_ALL_CONVERSATIONS or MANAGE_ALL_MEETINGS. ${NULL_IF_REFUSED}`,
      args: {
        search: t.arg.string({
          description: `Finds people for whom each of these words is in the name, the e-mail address or the company's name, for example \`grace hopper\`. ${atMost(MAX_SEARCH_LENGTH)}`,
        }),
        orderBy: t.arg({
          type: PersonOrderRef,
          defaultValue: 'FIRST_SEEN_DESC',
          description: 'The order. Defaults to the latest `firstSeenAt` first.',
        }),
      },
      extensions: listedBy(({ orderBy }: { orderBy?: PersonOrder | null }) =>
        orderPeople(orderBy ?? 'FIRST_SEEN_DESC'),
      ),
      resolve: (query, _root, { search, orderBy, ...page }, context) =>
        context.database.person.findMany({
          ...query,
          where: { AND: [filterPeople(context, { search }), fromCursor(page)] },
          orderBy: orderPeople(orderBy ?? 'FIRST_SEEN_DESC'),
        }),
      totalCount: (_root, { search }, context) =>
        context.database.person.count({
          ...COUNTED,
          where: filterPeople(context, { search }),
          orderBy: orderPeople('FIRST_SEEN_DESC'),
        }),
    },
    PersonConnectionRef,
  ),
)

const CompanyInput = builder.inputType('CompanyInput', {
  description: `The company of a person. ${OMITTED_OR_NULL_STAYS}`,
  fields: (t) => ({
    name: t.string({ description: `The name. ${oneLine(MAX_COMPANY_NAME_LENGTH)}` }),
    domain: t.string({
      description: 'The domain of its website and e-mail addresses, for example `engines.example`.',
    }),
    attributes: t.field({
      type: 'JSONObject',
      description: ATTRIBUTES,
    }),
  }),
})

export const PersonInput = builder.inputType('PersonInput', {
  description: `What is known about a person. ${OMITTED_OR_NULL_STAYS}`,
  fields: (t) => ({
    email: t.field({ type: 'EmailAddress', description: 'The e-mail address, which identifies the person.' }),
    firstName: t.string({ description: `The first name. ${oneLine(MAX_NAME_LENGTH)}` }),
    lastName: t.string({ description: `The last name. ${oneLine(MAX_NAME_LENGTH)}` }),
    jobTitle: t.string({ description: `The job title. ${oneLine(MAX_NAME_LENGTH)}` }),
    phone: t.string({ description: `The phone number. ${oneLine(MAX_PHONE_LENGTH)}` }),
    company: t.field({ type: CompanyInput, description: 'The company that the person works for.' }),
    attributes: t.field({
      type: 'JSONObject',
      description: ATTRIBUTES,
    }),
  }),
})
