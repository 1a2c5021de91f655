// What agents write to people who book a meeting.
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { defining } from '../kit/attributes.ts'
import { book } from '../kit/booking.ts'
import { ERRORS, type Result } from '../kit/mutate.ts'
import { personIdOf } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

const VISITOR = 'grace@navy.example'
const DEFAULT = {
  subject: '{{agent.name}} and {{lead.name}}',
  body: '{{meeting.agenda}}',
  includeConferenceLink: true,
}

const { app, acme, admin, ada, visitor, database, mutate } = useScene({
  ada: bookable(),
  visitor: aVisitor,
  attributes: defining({ 'PERSON.shoeSize': 'INTEGER', 'COMPANY.industry': 'TEXT' }),
})

const update = (input: object, { token } = ada) =>
  mutate({
    mutation: 'updateInvitation',
    input,
    token,
    select: '... on InvitationTemplate { subject body includeConferenceLink }',
  })
async function preview(input: object, { token } = ada): Promise<Result> {
  const query = `query ($input: PreviewInvitationInput!) {
    result: previewInvitation(input: $input) {
      __typename
      ... on InvitationPreview { subject body unknownTokens }
      ${ERRORS}
    }
  }`
  const { result } = await data<{ result: Result }>(app.execute(query, { variables: { input }, token }))
  return result
}
const bookWith = (agent: Staff, input: object = {}) =>
  book(app, {
    token: visitor.token,
    input: {
      target: { agentId: agent.id },
      startsAt: NINE,
      person: { email: VISITOR, firstName: 'Grace' },
      ...input,
    },
  })

async function invitationOf(agent: Staff, { token } = agent): Promise<unknown> {
  const query =
    'query ($id: ID!) { node(id: $id) { ... on Agent { invitation { subject body includeConferenceLink } } } }'
  const { node } = await data<{ node: { invitation: unknown } }>(
    app.execute(query, { variables: { id: agent.id }, token }),
  )
  return node.invitation
}

describe('an agent’s invitation', () => {
  it('is the default until the agent writes one', async () => {
    expect(await invitationOf(ada)).toEqual(DEFAULT)
  })

  it('keeps what is left out, and is the default again with null', async () => {
    expect(await update({ subject: 'Demo for {{lead.firstName:"you"}}' })).toMatchObject({
      ...DEFAULT,
      subject: 'Demo for {{lead.firstName:"you"}}',
    })
    await update({ body: 'Hello\n{{lead.lastName}}', includeConferenceLink: false })
    expect(await invitationOf(ada)).toEqual({
      subject: 'Demo for {{lead.firstName:"you"}}',
      body: 'Hello\n{{lead.lastName}}',
      includeConferenceLink: false,
    })
    await update({ subject: null, includeConferenceLink: null })
    expect(await invitationOf(ada)).toEqual({
      ...DEFAULT,
      body: 'Hello\n{{lead.lastName}}',
      includeConferenceLink: false,
    })
    await update({ body: '' })
    expect(await invitationOf(ada)).toMatchObject({ body: '' })
  })

  it('is refused with unknown tokens, all of which are named', async () => {
    const refused = await update({
      subject: '{{lead.firstNam}} {{agent.shoe}}',
      body: '{{lead.firstName}} {{wether.today}} {{firstName}} {{lead.firstNam:"x"}} {{company.name',
    })
    expect(refused.__typename).toBe('InvalidInputError')
    expect(refused.issues.map(({ path, message }) => [path.join('.'), message.split(' is ')[0]])).toEqual([
      ['input.subject', 'The token {{lead.firstNam}}'],
      ['input.subject', 'The token {{agent.shoe}}'],
      ['input.body', 'The token {{wether.today}}'],
      ['input.body', 'The token {{lead.firstNam:"x"}}'],
      ['input.body', '{{firstName}}'],
      ['input.body', '{{'],
    ])
    expect(await invitationOf(ada)).toEqual(DEFAULT)
  })

  it.each([
    ['subject', { subject: ' ' }],
    ['subject', { subject: 'x'.repeat(201) }],
    ['subject', { subject: 'two\nlines' }],
    ['body', { body: 'x'.repeat(8001) }],
    ['body', { body: 'bell\u0007' }],
    ['body', { body: 'half \ud83d' }],
  ])('is refused with a bad %s', async (field, input) => {
    const { issues } = await update(input)
    expect(issues.map(({ path }) => path)).toEqual([['input', field]])
  })

  it('may use the attributes of the workspace, not those of another workspace', async () => {
    const body = 'Size {{lead.shoeSize}}, {{company.industry}}'
    expect(await update({ body })).toMatchObject({ body })
    expect((await update({ body: '{{company.shoeSize}}' })).issues).toHaveLength(1)
    const globex = await createTestWorkspace(app)
    expect((await update({ body }, globex.admin)).issues).toHaveLength(2)
  })

  it('needs CONNECT_CALENDAR to be changed, MANAGE_AGENTS for a colleague’s', async () => {
    const colleague = await createTestAgent(app, acme, 'Katherine Johnson')
    const input = { agentId: ada.id, subject: 'Theirs' }
    expect(await update(input, colleague)).toMatchObject({
      __typename: 'ForbiddenError',
      permission: 'MANAGE_AGENTS',
    })
    expect(await preview(input, colleague)).toMatchObject({ permission: 'MANAGE_AGENTS' })
    expect(await update(input, admin)).toMatchObject({ subject: 'Theirs' })
    expect(await invitationOf(ada, colleague)).toMatchObject({ subject: 'Theirs' })
    await database.role.updateMany({
      where: { workspaceId: acme.workspaceId, name: 'Agent' },
      data: { permissions: ['VIEW_ROUTING'] },
    })
    expect(await update({ subject: 'Mine' })).toMatchObject({ permission: 'CONNECT_CALENDAR' })
    const globex = await createTestWorkspace(app)
    expect(await update(input, globex.admin)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await preview(input, globex.admin)).toMatchObject({ __typename: 'NotFoundError' })
  })
})

describe('the tokens', () => {
  const tokens = async (token: string) =>
    data<{ invitationTokens: { token: string; label: string; example: string | null }[] }>(
      app.execute('{ invitationTokens { token label example } }', { token }),
    )

  it('are listed with examples, then the attributes that the workspace has defined', async () => {
    const row = {
      workspaceId: acme.workspaceId,
      entity: 'PERSON',
      type: 'TEXT',
      createdAt: app.clock.now(),
    } as const
    await database.attribute.createMany({
      data: [
        { ...row, name: 'two words', label: 'Of an earlier version' },
        { ...row, name: 'name', label: 'Which the token means already' },
      ],
    })
    const { invitationTokens } = await tokens(ada.token)
    expect(invitationTokens).toContainEqual({
      token: '{{lead.firstName}}',
      label: "The person's first name",
      example: 'Grace',
    })
    expect(invitationTokens.slice(-2)).toEqual([
      { token: '{{lead.shoeSize}}', label: 'Attribute of the person: shoeSize', example: null },
      { token: '{{company.industry}}', label: 'Attribute of the company: industry', example: null },
    ])
    expect(new Set(invitationTokens.map(({ token }) => token)).size).toBe(invitationTokens.length)
    const body = invitationTokens.map(({ token }) => token).join('\n')
    expect(await update({ body })).toMatchObject({ body })
  })

  it('are for staff only', async () => {
    const { errors } = await app.execute('{ invitationTokens { token } }', { token: visitor.token })
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  })
})

describe('a preview', () => {
  const AGENDA = 'What does it cost for a team of twenty?'

  it.each(['Hello {{lead.firstName}}', 'About: {{ meeting.agenda : "nothing" }}', ''])(
    'has the same texts as a meeting, with its agenda: %j',
    async (body) => {
      await update({ subject: 'For {{lead.firstName}}', body })
      const booked = await bookWith(ada, { agenda: AGENDA })
      const personId = await personIdOf(app, visitor.token)
      expect(booked.body).toContain(AGENDA)
      expect(await preview({ personId })).toMatchObject({ subject: booked.subject, body: booked.body })
      expect(await preview({ personId, body })).toMatchObject({ body: booked.body })
    },
  )

  it('shows texts before they are saved, for a made-up person, and which tokens would be refused', async () => {
    const input = {
      subject: 'Demo for {{lead.firstName:"you"}} from {{agent.name}}',
      body: '{{lead.hatSize:"Any size"}}, {{meeting.date}}, {{meeting.time}}\n{{oops}}{{meeting.joinLink}}',
    }
    expect(await preview(input)).toEqual({
      __typename: 'InvitationPreview',
      subject: 'Demo for Grace from Ada Lovelace',
      body: `Any size, Tuesday, 3 March 2026, 08:00–08:30 (UTC, UTC+00:00)\n{{oops}}\n\n${AGENDA}`,
      unknownTokens: ['{{lead.hatSize:"Any size"}}', '{{oops}}'],
    })
    expect(await invitationOf(ada)).toEqual(DEFAULT)
  })

  it('shows what is saved, for a person of the workspace', async () => {
    await bookWith(ada)
    const personId = await personIdOf(app, visitor.token)
    await update({ body: 'Dear {{lead.lastName:"Ms."}} {{lead.firstName}} <{{lead.email}}>' })
    expect(await preview({ personId })).toMatchObject({
      subject: 'Ada Lovelace and Grace',
      body: `Dear Ms. Grace <${VISITOR}>\n\n${AGENDA}`,
      unknownTokens: [],
    })
    const globex = await createTestWorkspace(app)
    expect(await preview({ personId }, globex.admin)).toMatchObject({
      __typename: 'NotFoundError',
    })
  })

  it('shows the kind of link that the agent’s calendar makes, unless links are switched off', async () => {
    const body = 'Join: {{meeting.joinLink:"by phone"}} {{meeting.agenda}}'
    expect(await preview({ body })).toMatchObject({ body: `Join: by phone ${AGENDA}` })
    await database.calendarConnection.update({
      where: { agentId: ada.agentId },
      data: { provider: 'GOOGLE', subject: 'ada' },
    })
    expect(await preview({ body })).toMatchObject({
      body: `Join: https://meet.google.com/abc-defg-hij ${AGENDA}`,
    })
    await update({ includeConferenceLink: false })
    expect(await preview({ body })).toMatchObject({ body: `Join: by phone ${AGENDA}` })
  })
})
