// A screen with settings reads what its mutations have saved. Each input has all fields of its type, so that a field that
// is added later must be readable too.
import { isInputObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { data } from '../kit/app.ts'
import { defining } from '../kit/attributes.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'

const { app, admin, ada, mutate } = useScene({
  ada: bookable(),
  visitor: aVisitor,
  attributes: defining({ 'PERSON.rank': 'INTEGER', 'COMPANY.ships': 'INTEGER' }),
})

/** Fields of inputs that say what to change, or how to call. */
const NOT_SETTINGS = ['agentId', 'teamId', 'personId', 'idempotencyKey']

async function save(mutation: string, input: object): Promise<void> {
  const type = schema.getType(`${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`)
  const fields = isInputObjectType(type) ? Object.keys(type.getFields()) : []
  expect(Object.keys(input).filter(isSetting).sort()).toEqual(fields.filter(isSetting).sort())
  const result = await mutate({ mutation, input, token: admin.token, select: '' })
  expect(result).not.toHaveProperty('message')
}

const isSetting = (name: string) => !NOT_SETTINGS.includes(name)
const read = async <Data = Record<string, unknown>>(query: string, variables = {}) =>
  data<Data>(app.execute(query, { token: admin.token, variables }))
const readAda = async (fields: string) =>
  (
    await read<{ node: object }>(`query ($id: ID!) { node(id: $id) { ... on Agent { ${fields} } } }`, {
      id: ada.id,
    })
  ).node

const WEEKLY = [{ weekday: 'TUESDAY', start: '10:00', end: '24:00' }]
const OVERRIDES = [{ date: '2026-12-24', blocks: [{ start: '09:00', end: '12:00' }] }]
const HOURS = `timeZone weekly { weekday start end } overrides { date blocks { start end } }`

describe('a screen with settings', () => {
  it('reads those of the workspace', async () => {
    const fallback = { message: 'Nobody is here.', offerMeeting: false }
    const liveChatSettings = {
      offerTimeoutSeconds: 11,
      maxOffersPerRequest: 3,
      chatsPerAgent: 4,
      idleTimeoutMinutes: 5,
      reofferAfterSeconds: 6,
      waitSeconds: 7,
      toggleResetsAtMidnight: true,
      fallback,
    }
    const input = {
      name: 'Acme Ltd',
      timeZone: 'Asia/Kolkata',
      allowedOrigins: ['https://shop.acme.test'],
      chatEnabled: false,
      blockedEmails: ['rival.example', 'eve@good.example'],
      blocksDisposableEmails: true,
      visitProtection: 'PROOF_OF_WORK',
      phoneCountry: 'DE',
      liveChatSettings,
      meetingSettings: { slotOffer: 'NEXT_AGENT', confirmation: 'EMAIL', fallback },
    }
    await save('updateWorkspace', input)
    const fields = `name timeZone allowedOrigins chatEnabled blockedEmails blocksDisposableEmails visitProtection phoneCountry
      liveChatSettings { ${Object.keys(liveChatSettings).join(' ')} { message offerMeeting } }
      meetingSettings { slotOffer confirmation fallback { message offerMeeting } }`
    expect(await read(`{ workspace { ${fields} } }`)).toEqual({ workspace: input })
  })

  it('reads those of an agent: who it is, hours, toggle, invitation and calendar', async () => {
    const { roles } = await read<{ roles: { id: string }[] }>('{ roles { id } }')
    const roleIds = roles.map(({ id }) => id)
    const agent = {
      name: 'Ada King',
      email: 'king@acme.test',
      pictureUrl: 'https://acme.test/ada.png',
      slug: 'countess',
      publiclyBookable: true,
    }
    await save('updateAgent', { agentId: ada.id, ...agent, roleIds })
    expect(
      await readAda(`${Object.keys(agent).join(' ')} roles { id } calendar { accountEmail state }`),
    ).toEqual({
      ...agent,
      roles,
      calendar: { accountEmail: agent.email, state: 'CONNECTED' },
    })
    const hours = { timeZone: 'Asia/Tokyo', weekly: WEEKLY, overrides: OVERRIDES }
    const rules = {
      durationMinutes: 45,
      bufferMinutes: 5,
      minimumNoticeMinutes: 60,
      bookingWindowDays: 10,
      slotStepMinutes: 15,
    }
    await save('setMeetingAvailability', { agentId: ada.id, ...hours, ...rules })
    await save('setLiveChatAvailability', { agentId: ada.id, ...hours })
    await save('setAvailabilityToggle', { agentId: ada.id, available: true })
    const invitation = { subject: 'A talk', body: 'Until then!', includeConferenceLink: false }
    await save('updateInvitation', { agentId: ada.id, ...invitation })
    const settings = `meetingAvailability { ${HOURS} ${Object.keys(rules).join(' ')} }
      liveChatAvailability { ${HOURS} } liveChatStatus { toggle { available } }
      invitation { subject body includeConferenceLink }`
    expect(await readAda(settings)).toEqual({
      meetingAvailability: { ...hours, ...rules },
      liveChatAvailability: hours,
      liveChatStatus: { toggle: { available: true } },
      invitation,
    })
  })

  it('reads teams, turns and pauses', async () => {
    const team = { name: 'Europe', slug: 'emea', publiclyBookable: true }
    await save('saveTeam', { ...team, agentIds: [ada.id] })
    await save('setRoutingPaused', { kind: 'MEETING', agentId: ada.id, paused: true })
    await save('moveInRoutingQueue', { kind: 'LIVE_CHAT', agentId: ada.id, position: 1 })
    const query = `{
      teams { name slug publiclyBookable agents { id } }
      meetings: routingQueue(kind: MEETING) { kind entries { agent { id } paused position } }
      chats: routingQueue(kind: LIVE_CHAT) { entries { agent { id } paused position } }
    }`
    expect(await read(query)).toEqual({
      teams: [{ ...team, agents: [{ id: ada.id }] }],
      meetings: { kind: 'MEETING', entries: [{ agent: { id: ada.id }, paused: true, position: 1 }] },
      chats: {
        entries: [
          { agent: { id: ada.id }, paused: false, position: 1 },
          { agent: { id: admin.id }, paused: false, position: 2 },
        ],
      },
    })
  })

  it('reads people', async () => {
    const person = {
      email: 'grace@navy.example',
      firstName: 'Grace',
      lastName: 'Hopper',
      jobTitle: 'Admiral',
      phone: '+1 202',
      company: { name: 'Navy', domain: 'navy.example', attributes: { ships: 2 } },
      attributes: { rank: 1 },
    }
    const { people } = await read<{ people: { nodes: { id: string }[] } }>('{ people { nodes { id } } }')
    await save('updatePerson', { personId: people.nodes[0]?.id, person, crmStatus: 'Customer' })
    const fields =
      'email firstName lastName jobTitle phone attributes company { name domain attributes } crmStatus'
    expect(await read(`{ people { nodes { ${fields} } } }`)).toEqual({
      people: { nodes: [{ ...person, crmStatus: 'Customer' }] },
    })
  })
})
