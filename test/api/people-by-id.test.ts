// Which people staff may read by id.
import { beforeEach, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { readNode } from '../kit/claims.ts'
import { createConversation, personIdOf } from '../kit/people.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

const { app, acme, alan, database } = useScene({ alan: bookable() })

const permit = (permissions: string[]) => database.$executeRaw`
  UPDATE "Role" SET "permissions" = ${permissions}::text[]::"Permission"[]
  WHERE "workspaceId" = ${acme.workspaceId}::uuid AND "name" = 'Agent'`

/** By how Alan has to do with the person. */
const people: Record<string, string> = {}

beforeEach(async () => {
  const met = await createVisitor(app, acme)
  await book(app, { token: met, input: { target: { agentId: alan.id }, startsAt: NINE } })
  const chatted = await createVisitor(app, acme)
  await createConversation(app, { token: chatted, agentId: alan.agentId, ended: true })
  const foreign = await createVisitor(app, acme, { email: 'ada@engines.example' })
  for (const [name, token] of Object.entries({ met, chatted, foreign })) {
    people[name] = await personIdOf(app, token)
  }
})

it.each([
  [['VIEW_ALL_CONVERSATIONS'], ['met', 'chatted', 'foreign']],
  [['MANAGE_ALL_MEETINGS'], ['met', 'chatted', 'foreign']],
  [
    ['MANAGE_MY_MEETINGS', 'VIEW_MY_CONVERSATIONS'],
    ['met', 'chatted'],
  ],
  [['MANAGE_MY_MEETINGS'], ['met']],
  [['VIEW_MY_CONVERSATIONS'], ['chatted']],
  [[], []],
])('with %j they are %j', async (permissions, expected) => {
  await permit(['CONNECT_CALENDAR', ...permissions])
  const seen: string[] = []
  for (const [name, id] of Object.entries(people)) {
    const node = await readNode(app, alan.token, { id, select: '... on Person { email phone attributes }' })
    const { previewInvitation } = await data<{ previewInvitation: { __typename: string } }>(
      app.execute(
        'query ($input: PreviewInvitationInput!) { previewInvitation(input: $input) { __typename } }',
        { token: alan.token, variables: { input: { personId: id } } },
      ),
    )
    expect(previewInvitation.__typename).toBe(node === null ? 'NotFoundError' : 'InvitationPreview')
    if (node !== null) seen.push(name)
  }
  expect(seen).toEqual(expected)
})
