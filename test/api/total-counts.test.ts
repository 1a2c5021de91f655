import { beforeEach, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { say, startActiveChat } from '../kit/chat.ts'
import { countStatements, recordStatements } from '../kit/count-statements.ts'
import { anAgent, aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { slotAt } from '../kit/times.ts'

const { app, acme, admin, ada, grace, visitor, database } = useScene({
  ada: bookable(),
  alan: anAgent,
  grace: forChat,
  visitor: aVisitor,
})

const read = <Data = Record<string, unknown>>(query: string, token = admin.token) =>
  data<Data>(app.execute(query, { token }))

beforeEach(async () => {
  for (const number of [0, 1, 2]) {
    await book(app, {
      token: visitor.token,
      input: { target: { agentId: ada.id }, startsAt: slotAt(number) },
    })
  }
})

describe('totalCount', () => {
  it('counts a list as the filter and the access of the viewer allow, whatever the page', async () => {
    const page = await read(`{
      agents(first: 1) { totalCount nodes { name } }
      found: agents(search: "ada") { totalCount }
      meetings(first: 2) { totalCount nodes { id } }
      later: meetings(filter: { from: "${slotAt(1)}" }) { totalCount }
      people { totalCount }
      conversations { totalCount }
    }`)
    expect(page).toMatchObject({
      agents: { totalCount: 4, nodes: [{ name: 'Ada Lovelace' }] },
      found: { totalCount: 1 },
      meetings: { totalCount: 3 },
      later: { totalCount: 2 },
      people: { totalCount: 1 },
      conversations: { totalCount: 0 },
    })
    const ofOthers = await read('{ meetings { totalCount } }', grace.token)
    expect(ofOthers).toEqual({ meetings: { totalCount: 0 } })
  })

  it('counts the meetings of each agent and person, and the messages of each chat', async () => {
    const conversationId = await startActiveChat(app, acme, { agent: grace, visitor })
    for (const text of ['Hello?', 'Anybody?']) await say(app, visitor.token, { conversationId, text })
    const lists = await read(`{
      agents { nodes { name meetings(first: 1, filter: { from: "${slotAt(1)}" }) { totalCount nodes { id } } } }
      people { nodes { meetings(first: 1) { totalCount } conversations(first: 5) { totalCount nodes { messages(first: 1) { totalCount } } } } }
    }`)
    expect(lists).toMatchObject({
      agents: {
        nodes: [
          { name: 'Ada Lovelace', meetings: { totalCount: 2, nodes: [{}] } },
          { meetings: { totalCount: 0 } },
          { meetings: { totalCount: 0 } },
          { meetings: { totalCount: 0 } },
        ],
      },
      people: {
        nodes: [
          {
            meetings: { totalCount: 3 },
            conversations: { totalCount: 1, nodes: [{ messages: { totalCount: 2 } }] },
          },
        ],
      },
    })
  })

  it('is null beyond 10,000 items', async () => {
    const add = (count: number) => database.$executeRaw`
      INSERT INTO "Person" ("id", "workspaceId", "createdAt")
      SELECT gen_random_uuid(), ${acme.workspaceId}::uuid, now() FROM generate_series(1, ${count})`
    await add(9_999)
    expect(await read('{ people { totalCount } }')).toEqual({ people: { totalCount: 10_000 } })
    await add(1)
    expect(await read('{ people { totalCount } }')).toEqual({ people: { totalCount: null } })
  })

  it('takes no statement unless it is selected, and one in place of the page when only it is', async () => {
    const list = await countStatements(() => read('{ meetings { nodes { id } } }'))
    const both = await countStatements(() => read('{ meetings { nodes { id } totalCount } }'))
    const only = await recordStatements(() => read('{ meetings { totalCount } }'))
    expect([both - list, only.length - list]).toEqual([1, 0])
    expect(only.at(-1)).toMatch(/COUNT/)
    const ofEach = await countStatements(() => read('{ agents { nodes { meetings { nodes { id } } } } }'))
    const counted = '{ agents { nodes { meetings { nodes { id } totalCount } } } }'
    expect(await countStatements(() => read(counted))).toBe(ofEach)
  })
})
