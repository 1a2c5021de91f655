// A person who has left something everywhere, its export and its erasure.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { expect } from 'vitest'
import type { Staff, TestWorkspace } from './actors.ts'
import { data, type TestApp } from './app.ts'
import { book } from './booking.ts'
import { say, startActiveChat } from './chat.ts'
import { ONE_QUESTION } from './dialogue-cards.ts'
import { answer, publish, resolve } from './dialogues.ts'
import { mutate } from './mutate.ts'
import { identifyVisitor, visitorOf } from './people.ts'
import { at } from './times.ts'

/** A text that is nowhere by itself. */
export const MARK = 'xmarkx'

/** Erases a person, as an administrator. */
export const erase = (app: TestApp, { personId, token }: { personId: string; token: string }) =>
  mutate(app, {
    mutation: 'erasePerson',
    token,
    input: { personId: encodeGlobalID('Person', personId) },
    select: `... on ErasedPerson {
      complete visits conversations messages meetings mails
      person { known email firstName attributes erasedAt }
    }`,
  })

interface Page {
  records: { kind: string; data: Record<string, unknown> }[]
  endCursor: string | null
}

/** All records of the export of a person. */
export async function exported(
  app: TestApp,
  { personId, token }: { personId: string; token: string },
): Promise<Page['records']> {
  const records: Page['records'] = []
  const id = encodeGlobalID('Person', personId)
  const query = `query ($id: ID!, $after: String) {
    exportPerson(personId: $id, after: $after) { records { kind data } endCursor }
  }`
  for (let after: string | null = null; ; ) {
    const variables: object = { id, after }
    const answer = app.execute<{ exportPerson: Page }>(query, { variables: { ...variables }, token })
    const { exportPerson: page } = await data(answer)
    records.push(...page.records)
    after = page.endCursor
    if (after === null) return records
  }
}

/** The people of a scene with whom somebody can have everything. */
export interface Cast {
  app: TestApp
  acme: TestWorkspace
  ada: Staff
  beth: Staff
  visitor: { token: string }
}

/** A person with everything that somebody can have: visits, a chat, meetings that were moved and cancelled, retries.
 * @returns its id */
export async function live({ app, acme, ada, beth, visitor }: Cast): Promise<string> {
  const { database, jobs } = app.app.services
  const email = 'grace@navy.example'
  await identifyVisitor(app, visitor.token, { person: { email, firstName: 'Grace' } })
  const { token } = visitor
  const conversationId = await startActiveChat(app, acme, { agent: beth, visitor })
  await say(app, token, { conversationId, text: 'Do you take cards?' })
  await say(app, beth.token, { conversationId, text: 'We do, Grace.' })
  const target = { agentId: ada.id }
  const input = {
    target,
    startsAt: at('10:00'),
    agenda: 'Compilers',
    idempotencyKey: 'first',
    person: { email },
  }
  const meeting = await book(app, { token, input })
  expect(meeting.__typename).toBe('Meeting')
  const cancel = { meeting: { meetingId: meeting.id }, reason: 'A storm, says Grace' }
  await mutate(app, { mutation: 'cancelMeeting', token, input: cancel, select: '' })
  await mutate(app, { mutation: 'endChat', token, input: { conversationId }, select: '' })
  await publish(app, acme, { cards: ONE_QUESTION })
  await answer(app, token, await resolve(app, token), { key: 'red' })
  const { personId, workspaceId } = await visitorOf(app, token)
  const {
    id: meetingId,
    startsAt,
    endsAt,
    agentId,
  } = await database.meeting.findFirstOrThrow({ where: { personId } })
  const told = {
    workspaceId,
    meetingId,
    recipient: 'VISITOR' as const,
    agentId,
    organizer: 'us@acme.example',
  }
  await database.meetingInvitation.create({ data: { ...told, address: email, startsAt, endsAt } })
  const { id: visitorId } = await visitorOf(app, token)
  const request = { workspaceId, visitorId, personId, email, claimed: {}, agentId, startsAt, endsAt }
  const times = { createdAt: app.clock.now(), expiresAt: app.clock.now() }
  await database.meetingRequest.create({ data: { ...request, ...times, timeZone: 'UTC', agenda: '' } })
  const job = { attendee: { personId }, previousAddress: `${MARK}@old.example`, key: 'one' }
  await database.$transaction((tx) => jobs.enlist(tx, 'attendee-address', [job]))
  return personId
}
