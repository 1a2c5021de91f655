// However a visitor types its time zone and its address, mails and calendars get both as they understand them.
import { describe, expect, it } from 'vitest'
import { startApp } from '../kit/app.ts'
import { book, type Result } from '../kit/booking.ts'
import { eventually } from '../kit/eventually.ts'
import { readMail } from '../kit/mailbox-calendars.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

const { app, ada, visitor } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: () => startApp({ jobs: true }) },
)

const bookAda = (input: object): Promise<Result> =>
  book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: NINE, ...input } })

async function mailTo(address: string) {
  const found = () => app.mails.find(({ to }) => to.address === address)
  await eventually(() => expect(found()).toBeDefined())
  return readMail(found()!)
}

describe('a visitor who books', () => {
  it.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['ASIA/KOLKATA', 'Asia/Kolkata'],
  ])('with the zone %s reads %s', async (timeZone, proper) => {
    const email = `${proper.replace('/', '.').toLowerCase()}@navy.example`
    expect(await bookAda({ timeZone, person: { email } })).toMatchObject({ timeZone: proper })
    const { text, subject } = await mailTo(email)
    for (const words of [text, subject]) expect(words).toContain(`(${proper}, UTC`)
  })

  it.each(['Grace@Bücher.example', 'grace@BÜCHER.example', 'grace@xn--bcher-kva.example'])(
    'with the address %s is invited at grace@xn--bcher-kva.example',
    async (email) => {
      const booked = await bookAda({ person: { email } })
      expect(booked).toMatchObject({ person: { email: 'grace@xn--bcher-kva.example' } })
      const { event } = await mailTo('grace@xn--bcher-kva.example')
      expect(event?.attendees).toContain('grace@xn--bcher-kva.example')
    },
  )

  it.each(['grace@b ü.example', 'gräce@navy.example', 'grace@ü', 'grace@\u200B.example', 'a@ü.example@b'])(
    'with the address %j is refused',
    async (email) => {
      expect((await bookAda({ person: { email } })).__typename).toBe('InvalidInputError')
    },
  )
})
