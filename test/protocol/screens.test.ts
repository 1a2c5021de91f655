// The documents of three screens (docs/examples): each is a page's first load in one request, within the limits that the
// server has by default, and the subscription beside it goes on from there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  getNullableType,
  isListType,
  isObjectType,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { beforeEach, describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { data } from '../kit/app.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { requestChat } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'
import { at, NINE, TEN } from '../kit/times.ts'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')
const read = (name: string) => readFileSync(join(EXAMPLES, `${name}.graphql`), 'utf8')

/** The server's defaults (docs/limits.md). */
const limits = { maxCost: 10_000, maxDepth: 12, maxTokens: 1500, maxAliases: 30 }

const { app, acme, admin, ada, cleo, visitor, mutate } = useScene(
  { ada: bookable(), cleo: forChat, visitor: aVisitor },
  { start: () => startOnPort({ limits }) },
)
const target = { slug: 'everybody' }
/** The Tuesday, in whole days of the zone, as `slotsChanged` has them. */
const days = { from: '2026-03-02T23:00:00Z', to: '2026-03-03T23:00:00Z', timeZone: 'Europe/Berlin' }
const bookAt = (startsAt: string) =>
  book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt } })

function open(name: string, { token, variables }: { token: string; variables: Record<string, unknown> }) {
  return subscribe(createSocketClient(app.server.url, token), { query: read(name), variables })
}

/** @returns what a document shows of each kind of object, for example `Meeting.agent.name`, wherever the object is found */
function shownBy(name: string): Set<string> {
  const shown = new Set<string>()
  const typeInfo = new TypeInfo(schema)
  const paths: (string | null)[] = []
  const enter = ({ name: field, selectionSet }: { name: { value: string }; selectionSet?: unknown }) => {
    const parent = typeInfo.getParentType()
    const path = `${paths.at(-1) ?? parent?.name}.${field.value}`
    if (!selectionSet) shown.add(path)
    const isEvent = isObjectType(parent) && parent.getInterfaces().some(({ name }) => name === 'Event')
    const holdsObjects = isEvent || /^(Query|Agent|.*Connection)$/.test(parent?.name ?? '')
    paths.push(holdsObjects || isListType(getNullableType(typeInfo.getType())) ? null : path)
  }
  const leave = () => void paths.pop()
  visit(parse(read(name)), visitWithTypeInfo(typeInfo, { Field: { enter, leave } }))
  return shown
}

/** What no event has: the position itself, pages, what is read once, and what only the viewer changes. */
const READ_ONCE =
  /^Query\.|Connection\.|^PageInfo\.|\.streamHead$|^Role\.(description|builtIn)$|^PushSubscription\./

beforeEach(async () => {
  await mutate({
    mutation: 'saveTeam',
    input: { name: 'Sales', agentIds: [ada.id], publiclyBookable: true },
    token: admin.token,
    select: '',
  })
  await bookAt(NINE)
  await requestChat(app, visitor.token, { text: 'Hello?' })
})

describe('the documents of the screens', () => {
  it('are valid', () => {
    const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.graphql'))
    expect(names.length).toBeGreaterThan(6)
    const faults = names.flatMap((name) =>
      validate(schema, parse(read(name.replace('.graphql', '')))).map(({ message }) => `${name}: ${message}`),
    )
    expect(faults).toEqual([])
  })

  it.each(['console', 'administration'])('follow everything that the %s shows', (name) => {
    const followed = shownBy(`${name}-live`)
    expect([...shownBy(name)].filter((path) => !followed.has(path) && !READ_ONCE.test(path))).toEqual([])
  })

  it('list the past meetings that took place or not, and none that was cancelled', async () => {
    const { id: meetingId } = await bookAt(TEN)
    await mutate({
      mutation: 'cancelMeeting',
      input: { meeting: { meetingId } },
      token: visitor.token,
      select: '',
    })
    app.clock.set(at('18:00'))
    const withoutOutcome = { totalCount: 1, nodes: [{ startsAt: NINE }] }
    expect(await data(app.execute(read('administration'), { token: admin.token }))).toMatchObject({
      withoutOutcome,
    })
    expect(await data(app.execute(read('console'), { token: ada.token }))).toMatchObject({
      viewer: { withoutOutcome },
    })
  })

  it('let a picker show what can be booked, and follow the slots', async () => {
    const token = await createVisitor(app, acme)
    const variables = { target, ...days }
    const first = await data<{ site: object; slots: { days: { slots: { startsAt: string }[] }[] } }>(
      app.execute(read('picker'), { token, variables }),
    )
    expect(first).toMatchObject({
      site: { anybodyOnline: true, bookable: [{ kind: 'EVERYBODY' }, { kind: 'TEAM', slug: 'sales' }] },
      meetings: { nodes: [] },
    })
    expect(first.slots.days[0]?.slots[0]?.startsAt).not.toBe(NINE)
    const live = open('picker-live', { token, variables })
    await live.waitFor(1)
    await bookAt(TEN)
    const [before, after] = await live.waitFor(2)
    expect(before).toMatchObject(first.slots)
    const tenIsFree = expect.stringContaining(`"startsAt":"${TEN}"`)
    expect(JSON.stringify(before)).toEqual(tenIsFree)
    expect(JSON.stringify(after)).not.toEqual(tenIsFree)
  })

  it('let the holder of a link see the meeting, and the times to which it can be moved', async () => {
    const { id: meetingId } = await app.app.services.database.meeting.findFirstOrThrow({
      where: { workspaceId: acme.workspaceId },
    })
    const link = { meetingId, address: 'grace@navy.example' }
    const manageToken = signMeetingLink(app.app.services.signer, link)
    const variables = { manageToken, ...days }
    const page = await data<{ slots: object }>(
      app.execute(read('meeting-by-link'), { token: manageToken, variables }),
    )
    expect(page).toMatchObject({
      meetings: { nodes: [{ startsAt: NINE, agent: { name: ada.name }, person: { firstName: 'Grace' } }] },
    })
    expect(JSON.stringify(page.slots)).toContain(TEN)
  })

  it('let a console show chats and meetings, and follow them from its streamHead', async () => {
    const { token } = cleo
    const first = await data<{ viewer: { streamHead: string; pendingOffers: { id: string }[] } }>(
      app.execute(read('console'), { token }),
    )
    expect(first).toMatchObject({
      viewer: {
        id: cleo.id,
        pendingOffers: [{ conversation: { state: 'OFFERED' } }],
        upcoming: { totalCount: 0 },
      },
      active: { nodes: [] },
    })
    const offerId = first.viewer.pendingOffers[0]?.id
    await mutate({ mutation: 'acceptChat', input: { offerId }, token, select: '' })
    const live = open('console-live', { token, variables: { after: first.viewer.streamHead } })
    const events = await live.waitFor(3)
    expect(events.map(({ __typename }) => __typename)).toEqual(
      expect.arrayContaining(['ConversationChanged', 'ChatOfferSettled', 'CaughtUp']),
    )
    const again = await data(app.execute(read('console'), { token }))
    expect(again).toMatchObject({
      active: { nodes: [{ state: 'ACTIVE', messages: { nodes: [{ text: 'Hello?' }] } }] },
    })
  })

  it('let an administrator see the workspace, and follow it from its streamHead', async () => {
    const { token } = admin
    const first = await data<{ workspace: { streamHead: string } }>(
      app.execute(read('administration'), { token }),
    )
    expect(first).toMatchObject({
      agents: { totalCount: 3 },
      teams: [{ slug: 'sales', publiclyBookable: true }],
      upcoming: { totalCount: 1, nodes: [{ startsAt: NINE, agent: { id: ada.id } }] },
      open: { totalCount: 1 },
    })
    await mutate({ mutation: 'updateAgent', input: { agentId: ada.id, slug: 'ada' }, token, select: '' })
    await bookAt(TEN)
    const live = open('administration-live', { token, variables: { after: first.workspace.streamHead } })
    await eventually(() => {
      const events = live.events()
      expect(events[0]).toMatchObject({ __typename: 'AgentChanged', agent: { slug: 'ada' } })
      expect(events).toContainEqual(
        expect.objectContaining({ meeting: expect.objectContaining({ startsAt: TEN }) }),
      )
      expect(events.at(-1)).toMatchObject({ __typename: 'CaughtUp' })
    })
  })
})
