import { beforeEach, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, mutateMeeting, type Result } from '../kit/booking.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const VISITOR = 'grace@navy.example'

const { app, acme, admin, ada, visitor, database } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: () => startApp({ jobs: true }) },
)
/** Of Ada and the visitor, at NINE. */
let meeting: Result

beforeEach(async () => {
  meeting = await book(app, {
    token: visitor.token,
    input: { target: { agentId: ada.id }, startsAt: NINE, person: { email: VISITOR, firstName: 'Grace' } },
  })
})

/** Waits for the mails of one more change. */
async function mails(count: number) {
  await eventually(() => expect(app.mails).toHaveLength(count))
  return app.mails
}

const to = (address: string) => app.mails.filter((mail) => mail.to.address === address)
const sequenceOf = (mail: TestApp['mails'][number]) =>
  /SEQUENCE:(\d+)/.exec(mail.calendar?.content ?? '')?.[1]

describe('after a booking', () => {
  it('both sides get an invitation in their own zone, the visitor with a link', async () => {
    await mails(2)
    const [toVisitor] = to(VISITOR)
    expect(toVisitor?.calendar?.method).toBe('REQUEST')
    expect(toVisitor?.text).toContain('Europe/Berlin')
    expect(toVisitor?.text).toContain('http://switchboard.test/meeting#sbm_')
    const [toAgent] = to(ada.email)
    expect(toAgent?.text).not.toContain('sbm_')
    expect(sequenceOf(toAgent ?? ({} as never))).toBe('0')
  })

  it('the link of the mail changes the meeting', async () => {
    await mails(2)
    const [, manageToken] = /meeting#(sbm_\S+)/.exec(to(VISITOR)[0]?.text ?? '') ?? []
    const moved = await mutateMeeting(app, {
      mutation: 'rescheduleMeeting',
      input: { manageToken, startsAt: TEN },
    })
    expect(moved.status).toBe('RESCHEDULED')
    await mails(4)
  })

  it('the agent’s calendar is written', async () => {
    await mails(2)
    await eventually(async () => {
      const { calendarSync } = await database.meeting.findFirstOrThrow({
        where: { agentId: ada.agentId },
      })
      expect(calendarSync).toBe('WRITTEN')
    })
  })
})

describe('after a change', () => {
  it('the same invitation is sent again with the next sequence number', async () => {
    await mails(2)
    await mutateMeeting(app, {
      mutation: 'rescheduleMeeting',
      token: visitor.token,
      input: { meetingId: meeting.id, startsAt: TEN },
    })
    await mails(4)
    const uids = to(VISITOR).map((mail) => /UID:(\S+)/.exec(mail.calendar?.content ?? '')?.[1])
    expect(new Set(uids).size).toBe(1)
    expect(to(VISITOR).map(sequenceOf)).toEqual(['0', '1'])
    expect(new Set(app.mails.map(({ messageId }) => messageId)).size).toBe(4)
  })

  it('both sides get a cancellation, the agent with the reason that the visitor wrote', async () => {
    await mails(2)
    await mutateMeeting(app, {
      mutation: 'cancelMeeting',
      token: visitor.token,
      input: { meetingId: meeting.id, reason: 'Ill' },
    })
    await mails(4)
    const [sent, told] = [to(VISITOR)[1], to(ada.email)[1]]
    expect([sent, told].map((mail) => mail?.calendar?.method)).toEqual(['CANCEL', 'CANCEL'])
    expect(told?.text).toContain('Reason: Ill')
    // Nobody has vouched for the visitor's address.
    expect(sent?.text).not.toContain('Ill')
  })

  it('a reassignment sends mails to the visitor and both agents', async () => {
    await mails(2)
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    await mutateMeeting(app, {
      mutation: 'reassignMeeting',
      token: admin.token,
      input: { meetingId: meeting.id },
    })
    await mails(5)
    expect(to(ada.email)[1]?.calendar?.method).toBe('CANCEL')
    expect(to(grace.email)[0]?.calendar?.method).toBe('REQUEST')
    expect(to(VISITOR)[1]?.text).toContain('Grace Hopper')
  })
})
