import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const FIELDS = `
  id name timeZone publicKey allowedOrigins meetingSettings { slotOffer fallback { message offerMeeting } }`

const { app, acme, admin, ada, mutate } = useScene({ ada: anAgent })

const update = (input: object, token = admin.token) =>
  mutate({ mutation: 'updateWorkspace', input, token, select: `... on Workspace { ${FIELDS} }` })
const read = (token: string, fields = FIELDS) =>
  app.execute<{ workspace: Record<string, unknown> }>(`{ workspace { ${fields} } }`, { token })
const readAll = async () => (await data(read(ada.token))).workspace

describe('workspace', () => {
  it('is read with all its settings by staff', async () => {
    expect(await readAll()).toEqual({
      id: encodeGlobalID('Workspace', acme.workspaceId),
      name: 'Acme',
      timeZone: 'Europe/Berlin',
      publicKey: acme.publicKey,
      allowedOrigins: ['https://www.acme.test'],
      meetingSettings: {
        slotOffer: 'ANY_AGENT',
        fallback: { message: expect.stringContaining('No agent is available'), offerMeeting: true },
      },
    })
  })

  it('shows visitors its id and name, and nothing else', async () => {
    const visitor = await createVisitor(app, acme)
    expect((await read(visitor, 'id name')).data?.workspace).toMatchObject({ name: 'Acme' })
    for (const field of ['timeZone', 'publicKey', 'allowedOrigins', 'meetingSettings { slotOffer }']) {
      expect((await read(visitor, field)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    }
  })

  it('is refused to a caller who is not signed in', async () => {
    const { errors } = await app.execute('{ workspace { name } }')
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
  })

  it('is read by id by its own staff and visitors only', async () => {
    const variables = { id: encodeGlobalID('Workspace', acme.workspaceId) }
    const query = 'query ($id: ID!) { node(id: $id) { ... on Workspace { name } } }'
    const other = await createTestWorkspace(app)
    for (const token of [ada.token, await createVisitor(app, acme)]) {
      expect((await app.execute(query, { variables, token })).data).toEqual({ node: { name: 'Acme' } })
    }
    for (const token of [other.admin.token, await createVisitor(app, other)]) {
      expect((await app.execute(query, { variables, token })).data).toEqual({ node: null })
    }
  })
})

describe('updateWorkspace', () => {
  it('changes what is given and keeps the rest', async () => {
    const before = await readAll()
    expect(await update({ name: 'Engines Ltd' })).toEqual({
      __typename: 'Workspace',
      ...before,
      name: 'Engines Ltd',
    })
    const meetingSettings = { fallback: { message: 'Call us.' } }
    expect(await update({ timeZone: 'Asia/Tokyo', meetingSettings })).toMatchObject({
      name: 'Engines Ltd',
      timeZone: 'Asia/Tokyo',
      meetingSettings: { slotOffer: 'ANY_AGENT', fallback: { message: 'Call us.', offerMeeting: true } },
    })
    const others = { slotOffer: 'NEXT_AGENT', fallback: { offerMeeting: false } }
    expect(await update({ meetingSettings: others })).toMatchObject({
      meetingSettings: { slotOffer: 'NEXT_AGENT', fallback: { message: 'Call us.', offerMeeting: false } },
    })
    expect(await update({ name: null, allowedOrigins: null, meetingSettings: null })).toMatchObject({
      name: 'Engines Ltd',
      allowedOrigins: ['https://www.acme.test'],
    })
  })

  it('stores origins as browsers send them, each once', async () => {
    const allowedOrigins = [
      'HTTPS://WWW.Acme.test:443',
      'https://www.acme.test',
      'http://localhost:8080',
      'https://münchen.example',
    ]
    const updated = await update({ allowedOrigins })
    expect(updated.allowedOrigins).toEqual([
      'https://www.acme.test',
      'http://localhost:8080',
      'https://xn--mnchen-3ya.example',
    ])
    expect((await update({ allowedOrigins: [] })).allowedOrigins).toEqual([])
  })

  it.each([
    'www.acme.test',
    'https://',
    'https://www.acme.test/',
    'https://www.acme.test/page',
    'https://www.acme.test?page',
    'https://www.acme.test#page',
    'https://user@www.acme.test',
    'https://*.acme.test',
    'https://www acme.test',
    'https://www.acme.test:99999',
    'ftp://www.acme.test',
    'null',
    '*',
    '',
  ])('refuses %j as an origin', async (origin) => {
    const refusal = await update({ name: 'Changed', allowedOrigins: ['https://good.test', origin] })
    expect(refusal).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'allowedOrigins', '1'] }],
    })
    expect(await readAll()).toMatchObject({ name: 'Acme', allowedOrigins: ['https://www.acme.test'] })
  })

  it.each([
    [{ name: '  ' }, ['name']],
    [{ timeZone: 'Europe/Atlantis' }, ['timeZone']],
    [{ timeZone: '+01:00' }, ['timeZone']],
    [{ meetingSettings: { fallback: { message: ' ' } } }, ['meetingSettings', 'fallback', 'message']],
    [
      { meetingSettings: { fallback: { message: 'a'.repeat(1001) } } },
      ['meetingSettings', 'fallback', 'message'],
    ],
    [{ allowedOrigins: Array.from({ length: 51 }, (_, i) => `https://s${i}.test`) }, ['allowedOrigins']],
  ])('names the field of %j', async (input, path) => {
    expect(await update(input)).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', ...path] }],
    })
  })

  it('needs MANAGE_CONFIGURATION', async () => {
    const input = { name: 'Changed' }
    expect(await update(input, ada.token)).toMatchObject({ permission: 'MANAGE_CONFIGURATION' })
    expect((await update(input, await createVisitor(app, acme))).__typename).toBe('ForbiddenError')
    const anonymous = { mutation: 'updateWorkspace', input, select: '' }
    expect((await mutate(anonymous)).__typename).toBe('ForbiddenError')
    expect(await readAll()).toMatchObject({ name: 'Acme' })
  })
})

describe('roles', () => {
  it('are listed by name with what they allow, for staff only', async () => {
    const query = '{ roles { id name description permissions builtIn } }'
    const { roles } = await data<{ roles: unknown[] }>(app.execute(query, { token: ada.token }))
    expect(roles).toMatchObject([
      { name: 'Administrator', builtIn: true, permissions: expect.arrayContaining(['MANAGE_AGENTS']) },
      { name: 'Agent', builtIn: true, permissions: expect.not.arrayContaining(['MANAGE_AGENTS']) },
    ])
    const visitor = await createVisitor(app, acme)
    expect((await app.execute(query, { token: visitor })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  })

  it('are read by id by the staff of their workspace only', async () => {
    const variables = { id: encodeGlobalID('Role', acme.roleIds.get('Agent') ?? '') }
    const query = 'query ($id: ID!) { node(id: $id) { ... on Role { name } } }'
    expect((await app.execute(query, { variables, token: ada.token })).data).toEqual({
      node: { name: 'Agent' },
    })
    const other = await createTestWorkspace(app)
    for (const token of [other.admin.token, await createVisitor(app, acme)]) {
      expect((await app.execute(query, { variables, token })).data).toEqual({ node: null })
    }
  })
})

describe('the country of phone numbers', () => {
  const country = async (phoneCountry: string | null) => {
    const input = { phoneCountry }
    return mutate({
      mutation: 'updateWorkspace',
      input,
      token: admin.token,
      select: '... on Workspace { phoneCountry }',
    })
  }

  it('is none until it is set, and can be taken back', async () => {
    expect(await country(null)).toMatchObject({ phoneCountry: null })
    expect(await country('us')).toMatchObject({ phoneCountry: 'US' })
    expect(await country(null)).toMatchObject({ phoneCountry: 'US' })
    expect((await country('XX')).issues).toMatchObject([{ path: ['input', 'phoneCountry'], code: 'UNKNOWN' }])
    expect(await country('')).toMatchObject({ phoneCountry: null })
  })
})
