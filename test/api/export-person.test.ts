// The export of a person: all that is stored, page by page.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { exported, live } from '../kit/erasure.ts'
import { createConversation, identifyVisitor, visitorOf } from '../kit/people.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'

const cast = useScene({
  ada: bookable(),
  beth: forChat,
  visitor: aVisitor,
  other: aVisitor,
})
const { app, admin, visitor, other, database } = cast

describe('the export of a person', () => {
  it('has several pages, each record once, and nothing of anybody else', async () => {
    const personId = await live(cast)
    await identifyVisitor(app, other.token, { person: { email: 'else@navy.example', firstName: 'Else' } })
    await createConversation(app, { token: other.token })
    const { id: conversationId, workspaceId } = await database.conversation.findFirstOrThrow({
      where: { personId },
    })
    const message = { workspaceId, conversationId, author: 'VISITOR' as const, sentAt: app.clock.now() }
    const texts = Array.from({ length: 250 }, (_, index) => ({
      ...message,
      seq: index + 10,
      text: `Text ${index}`,
    }))
    await database.message.createMany({ data: texts })
    const records = await exported(app, { personId, token: admin.token })
    const ids = records.map(({ data: { id } }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const counts = Object.fromEntries(
      [...Map.groupBy(records, ({ kind }) => kind)].map(([kind, { length }]) => [kind, length]),
    )
    expect(counts).toEqual({
      PERSON: 1,
      VISIT: 1,
      CONVERSATION: 2,
      MESSAGE: 254,
      MEETING: 1,
      MEETING_CHANGE: 2,
      MEETING_MAIL: 1,
      MEETING_REQUEST: 1,
      DIALOGUE: 1,
    })
    expect(JSON.stringify(records)).not.toContain('else@navy.example')
  })

  it('has pages that fit into an answer, however long the records are', async () => {
    const personId = await live(cast)
    const { id: conversationId, workspaceId } = await database.conversation.findFirstOrThrow({
      where: { personId },
    })
    const message = { workspaceId, conversationId, author: 'VISITOR' as const, sentAt: app.clock.now() }
    const text = 'x'.repeat(60_000)
    const texts = Array.from({ length: 90 }, (_, index) => ({ ...message, seq: index + 10, text }))
    await database.message.createMany({ data: texts })
    const records = await exported(app, { personId, token: admin.token })
    expect(records.filter(({ kind }) => kind === 'MESSAGE')).toHaveLength(94)
  })

  it('refuses a cursor that is none of an export', async () => {
    const { personId } = await visitorOf(app, visitor.token)
    const query =
      'query ($id: ID!, $after: String) { exportPerson(personId: $id, after: $after) { endCursor } }'
    const variables = { id: encodeGlobalID('Person', personId), after: 'nothing' }
    const { errors } = await app.execute(query, { variables, token: admin.token })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['after'] }] })
  })
})
