// Bookings that are confirmed by mail: a scene whose workspace asks for it, and what a visitor does.
import { beforeEach, expect } from 'vitest'
import { startApp } from './app.ts'
import { createVisitor, slots, startsOf } from './booking.ts'
import { MINUTE } from './clock.ts'
import { eventually } from './eventually.ts'
import { GENEROUS_BUDGETS } from './generous-budgets.ts'
import { mutate as run } from './mutate.ts'
import { bookable, useScene } from './scene.ts'
import { NINE, TUESDAY } from './times.ts'

export const GRACE = 'grace@navy.example'
export const BOOKED = 'Your meeting is booked'

const AWAITING = `__typename
  ... on MeetingAwaitingConfirmation { email startsAt endsAt reservedUntil agent { id name } }
  ... on Meeting { id startsAt agent { id } }`

/** How many bookings a visitor makes at once, more than the tests need. */
export const BOOKINGS = 12

const start = () =>
  startApp({
    jobs: true,
    maxUnconfirmedMeetings: 3,
    budgets: { ...GENEROUS_BUDGETS, bookings: { visitor: { limit: BOOKINGS, windowMs: 10 * MINUTE } } },
  })

/** Call it at the top of the file. */
export function useConfirmationScene() {
  const scene = useScene({ ada: bookable(), beth: bookable() }, { start })
  const { app, acme, admin, ada, database, mutate } = scene
  const current = { token: '' }

  const update = (input: object) =>
    mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })

  beforeEach(async () => {
    await update({ meetingSettings: { confirmation: 'EMAIL' } })
    current.token = await createVisitor(app, acme)
  })

  /** Books with Ada at NINE, unless said otherwise.
   * @param as the token; left out: the visitor's */
  function request(
    input: { target?: object; startsAt?: string; slot?: object; [field: string]: unknown },
    as = current.token,
  ) {
    const { target = { agentId: ada.id }, startsAt = NINE, slot, ...rest } = input
    return run(app, {
      mutation: 'bookMeeting',
      token: as,
      input: {
        slot: slot ?? { free: { target, startsAt } },
        timeZone: 'Europe/Berlin',
        person: { email: GRACE, firstName: 'Grace' },
        ...rest,
      },
      select: AWAITING,
    })
  }

  const mailsTo = (address: string) => app.mails.filter(({ to }) => to.address === address)

  /** The address of the link in the latest of so many mails that ask for a confirmation. */
  const linkTo = (address: string, count = 1): Promise<URL> =>
    eventually(() => {
      const asked = mailsTo(address).filter(({ subject }) => subject.startsWith('Please confirm'))
      expect(asked).toHaveLength(count)
      const [url = ''] = /http\S+\/meeting\/confirmation\S+/.exec(asked.at(-1)?.text ?? '') ?? []
      return new URL(url)
    })

  const open = async ({ pathname, search }: URL) => (await app.fetch(`${pathname}${search}`)).text()

  async function press({ pathname, searchParams }: URL, startsAt?: string): Promise<string> {
    const token = searchParams.get('token') ?? ''
    const body = new URLSearchParams({ token, ...(startsAt === undefined ? {} : { startsAt }) })
    const response = await app.fetch(pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    })
    const text = await response.text()
    if (response.status !== 200)
      throw new Error(`${response.status} ${text} ${String((app.faults.at(-1) as Error)?.stack)}`)
    return text
  }

  const meetings = () => database.meeting.findMany({ where: { workspaceId: acme.workspaceId } })

  /** Whether a slot of Ada is free for another visitor. */
  async function isOffered(startsAt: string): Promise<boolean> {
    const token = await createVisitor(app, acme)
    return startsOf(await slots(app, { token, target: { agentId: ada.id }, ...TUESDAY })).includes(startsAt)
  }
  return { scene, current, update, request, mailsTo, linkTo, open, press, meetings, isOffered }
}
