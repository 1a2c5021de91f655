// Pages of lists whose items change their place, or are deleted, while somebody reads them.
import { describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { requestChat, say } from '../kit/chat.ts'
import { mutate } from '../kit/mutate.ts'
import { anAgent, bookable, forChat, useScene } from '../kit/scene.ts'
import { slotAt } from '../kit/times.ts'

interface Page {
  nodes: { id: string }[]
  pageInfo: { endCursor: string; hasNextPage: boolean; hasPreviousPage: boolean }
  totalCount: number
}

const SIZE = 5
const FIELDS = '{ nodes { id } totalCount pageInfo { endCursor hasNextPage hasPreviousPage } }'

const { app, acme, admin, ada, database } = useScene({ ada: bookable(), alan: anAgent, grace: forChat })

/** @param list a query with PAGE in place of the page's arguments; the list is its first field, or that of a node */
async function read(list: string, page: string): Promise<Page> {
  const query = list.replace('PAGE', page).replace('FIELDS', FIELDS)
  const answer = await data<Record<string, Page & { meetings?: Page }>>(
    app.execute(query, { token: admin.token }),
  )
  const [field] = Object.values(answer)
  if (field === undefined) throw new Error('There is no list.')
  return field.meetings ?? field
}

const idsOf = ({ nodes }: Page) => nodes.map(({ id }) => id)

/** Five people, each with a meeting with Ada, at one time after the other. */
async function bookFive(): Promise<void> {
  for (let number = 0; number < SIZE; number++) {
    const token = await createVisitor(app, acme)
    const person = { email: `visitor${number}@example.com`, lastName: `Moore ${number}` }
    await book(app, { token, input: { target: { agentId: ada.id }, startsAt: slotAt(number), person } })
  }
}

/** Reads pages, between which the last item of the first one is changed. */
async function walk(list: string, change: (id: string) => Promise<unknown>): Promise<void> {
  const { totalCount, ...whole } = await read(list, 'first: 100')
  const first = await read(list, 'first: 2')
  const [kept, changed = ''] = idsOf(first)
  await change(changed)
  const rest = await read(list, `first: 100, after: "${first.pageInfo.endCursor}"`)
  expect(idsOf(rest).filter((id) => id !== changed)).toEqual(whole.nodes.slice(2).map(({ id }) => id))
  expect(rest).toMatchObject({ pageInfo: { hasPreviousPage: true, hasNextPage: false } })
  const back = await read(list, `last: 100, before: "${first.pageInfo.endCursor}"`)
  expect(idsOf(back).filter((id) => id !== changed)).toEqual([kept])
  expect(back).toMatchObject({ pageInfo: { hasPreviousPage: false, hasNextPage: true } })
  const now = (await read(list, 'first: 1')).totalCount
  expect([rest.totalCount, back.totalCount]).toEqual([now, now])
  expect(totalCount - now).toBeLessThanOrEqual(1)
}

describe('a page continues where the former one ended, although the item there', () => {
  const OF_ADA = () => `{ node(id: "${ada.id}") { ... on Agent { meetings(PAGE) FIELDS } } }`

  it.each([
    ['earlier', slotAt(-1)],
    ['later', slotAt(SIZE + 2)],
  ])('is a meeting that is moved %s', async (_where, startsAt) => {
    await bookFive()
    const lists = [
      '{ meetings(PAGE) FIELDS }',
      '{ meetings(PAGE, orderBy: STARTS_AT_DESC) FIELDS }',
      OF_ADA(),
    ]
    for (const list of lists) {
      await walk(list, async (meetingId) => {
        const input = { meetingId, startsAt }
        await mutateMeeting(app, { mutation: 'rescheduleMeeting', token: admin.token, input })
      })
    }
  })

  it('is a person with another name', async () => {
    await bookFive()
    await walk('{ people(orderBy: NAME_ASC, PAGE) FIELDS }', (personId) =>
      mutate(app, {
        mutation: 'updatePerson',
        token: admin.token,
        input: { personId, person: { email: 'zuse@example.com', lastName: 'Zuse' } },
        select: '',
      }),
    )
  })

  it('is a person who was deleted', async () => {
    for (let number = 0; number < SIZE; number++) await createVisitor(app, acme)
    await walk('{ people(PAGE) FIELDS }', async (id) => {
      const personId = uuidOf(id)
      await database.visitor.deleteMany({ where: { personId } })
      await database.person.delete({ where: { id: personId } })
    })
  })

  it('is an agent with another name', async () => {
    await walk('{ agents(PAGE) FIELDS }', (agentId) =>
      mutate(app, {
        mutation: 'updateAgent',
        token: admin.token,
        input: { agentId, name: 'Zora' },
        select: '',
      }),
    )
  })

  it('is a chat with a new message', async () => {
    const tokens = new Map<string, string>()
    for (let number = 0; number < SIZE; number++) {
      const token = await createVisitor(app, acme)
      app.clock.advance(1000)
      tokens.set((await requestChat(app, token, { text: 'Hello?' })).id, token)
    }
    app.clock.advance(1000)
    await walk('{ conversations(PAGE) FIELDS }', async (id) => {
      await say(app, tokens.get(id) ?? '', { conversationId: id, text: 'Anybody?' })
    })
  })
})

const uuidOf = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] ?? ''
