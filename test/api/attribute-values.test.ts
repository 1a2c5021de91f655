// Values of attributes wherever they are written (docs/semantics.md, section 10).
import { describe, expect, it } from 'vitest'
import { defining } from '../kit/attributes.ts'
import { book } from '../kit/booking.ts'
import { openForChats, startActiveChat } from '../kit/chat.ts'
import { countStatements } from '../kit/count-statements.ts'
import { hashWith, identifyVisitor, identitySecretOf, personIdOf, visitorOf } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

const { app, acme, admin, ada, visitor, database, mutate } = useScene({
  ada: bookable(),
  visitor: aVisitor,
  attributes: defining({
    'PERSON.plan': { type: 'PICKLIST', values: ['Basic', 'Pro'] },
    'PERSON.seats': 'INTEGER',
    'PERSON.signedUpAt': 'DATE_TIME',
    'PERSON.billing': 'EMAIL',
    'PERSON.mobile': 'PHONE',
    'PERSON.notes': 'TEXT',
    'COMPANY.employees': 'INTEGER',
    'COMPANY.plan': 'BOOLEAN',
  }),
})

const GRACE = 'grace@navy.example'
const RIGHT = {
  attributes: {
    plan: 'pro',
    seats: 3,
    signedUpAt: '2026-12-01T10:00:00+01:00',
    billing: 'A+B@München.de',
    mobile: '+1 (416) 555-0123',
    notes: ' ',
  },
  company: { name: 'Navy', attributes: { employees: '250', plan: null } },
}
const STORED = {
  attributes: {
    plan: 'Pro',
    seats: 3,
    signedUpAt: '2026-12-01T09:00:00.000Z',
    billing: 'a+b@xn--mnchen-3ya.de',
    mobile: '+14165550123',
  },
  companyAttributes: { employees: 250 },
}
const WRONG = {
  attributes: { plan: 'Max', seats: 'many', mobile: 'call me', phone: '+1 416 555 0123', shoeSize: null },
  company: { attributes: { employees: 1.5, seats: 1 } },
}

const startVisit = (person: object, identityHash?: string) =>
  mutate({
    mutation: 'startVisit',
    input: { publicKey: acme.publicKey, person, identityHash },
    select: '... on Visit { token }',
  })

/** The ways to write values. Each answers the result of its mutation. */
const WAYS: Record<string, (person: object) => Promise<unknown>> = {
  startVisit: (person) => startVisit({ email: GRACE, ...person }),
  identifyVisitor: (person) => identifyVisitor(app, visitor.token, { person: { email: GRACE, ...person } }),
  updatePerson: async (person) => {
    const input = { personId: await personIdOf(app, visitor.token), person: { email: GRACE, ...person } }
    return mutate({ mutation: 'updatePerson', input, token: admin.token, select: '' })
  },
  'bookMeeting by a visitor': (person) =>
    book(app, {
      token: visitor.token,
      input: { target: { agentId: ada.id }, startsAt: NINE, person: { email: GRACE, ...person } },
    }),
  'bookMeeting by an agent': (person) =>
    book(app, {
      token: ada.token,
      input: { target: { agentId: ada.id }, startsAt: NINE, person: { email: GRACE, ...person } },
    }),
  'bookMeeting in a chat': async (person) => {
    await identifyVisitor(app, visitor.token, { person: { email: GRACE } })
    await openForChats(app, acme, ada)
    const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
    const target = { agentId: ada.id }
    return book(app, { token: ada.token, input: { target, startsAt: NINE, conversationId, person } })
  },
}

const stored = () =>
  database.person.findFirstOrThrow({
    where: { workspaceId: acme.workspaceId, email: GRACE },
    select: { attributes: true, companyAttributes: true },
  })

describe.each(Object.entries(WAYS))('%s', (_way, write) => {
  it('stores values as their types have it', async () => {
    const answer = await write(RIGHT)
    expect(answer).not.toHaveProperty('issues')
    expect(await stored()).toEqual(STORED)
  })

  it('refuses a name that every object has', async () => {
    const attributes = { ['__proto__']: 'x' }
    const { issues } = (await write({ attributes, company: { attributes } })) as {
      issues: { path: string[]; code: string }[]
    }
    expect(issues.map(({ path, code }) => `${path.join('.')} ${code}`).sort()).toEqual([
      'input.person.attributes.__proto__ UNKNOWN',
      'input.person.company.attributes.__proto__ UNKNOWN',
    ])
  })

  it('refuses what the workspace has not defined, and what does not fit, with the place of each', async () => {
    const { issues } = (await write(WRONG)) as { issues: { path: string[]; code: string }[] }
    expect(issues.map(({ path, code }) => `${path.join('.')} ${code}`).sort()).toEqual([
      'input.person.attributes.mobile INVALID_FORMAT',
      'input.person.attributes.phone NOT_ALLOWED',
      'input.person.attributes.plan UNKNOWN',
      'input.person.attributes.seats INVALID_FORMAT',
      'input.person.attributes.shoeSize UNKNOWN',
      'input.person.company.attributes.employees INVALID_FORMAT',
      'input.person.company.attributes.seats UNKNOWN',
    ])
    const people = await database.person.findMany({ where: { workspaceId: acme.workspaceId } })
    expect(people.filter(({ attributes }) => Object.keys(attributes as object).length > 0)).toEqual([])
  })
})

it('a phone number needs no country code in the country of the workspace', async () => {
  const said = { attributes: { mobile: '(416) 555-0123' } }
  expect(await startVisit({ email: GRACE, ...said })).toMatchObject({ issues: [{ code: 'INVALID_FORMAT' }] })
  const input = { phoneCountry: 'US' }
  await mutate({ mutation: 'updateWorkspace', input, token: admin.token, select: '' })
  expect(await startVisit({ email: GRACE, ...said })).toMatchObject({ __typename: 'Visit' })
  expect((await stored()).attributes).toEqual({ mobile: '+14165550123' })
})

it('values that a visitor only claims are checked and kept as claims', async () => {
  await startVisit({ email: GRACE, attributes: { seats: 1 } })
  const { token } = await startVisit({ email: GRACE, attributes: { seats: '2' } })
  expect((await stored()).attributes).toEqual({ seats: 1 })
  const { id } = await visitorOf(app, String(token))
  const { claimed } = await database.visitor.findUniqueOrThrow({ where: { id } })
  expect(claimed).toMatchObject({ attributes: { seats: 2 } })
  const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
  await startVisit({ email: GRACE, attributes: { seats: '3' } }, identityHash)
  expect((await stored()).attributes).toEqual({ seats: 3 })
})

it('a check takes one more statement, and none where no values are given', async () => {
  const count = (person: object) =>
    countStatements(() => identifyVisitor(app, visitor.token, { person: { firstName: 'G', ...person } }))
  await count({})
  const without = await count({})
  expect(await count({ attributes: {}, company: { attributes: {} } })).toBeLessThanOrEqual(without + 1)
  expect(await count({ attributes: { seats: 1 } })).toBeLessThanOrEqual(without + 2)
})
