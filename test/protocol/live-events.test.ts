import { describe, expect, it } from 'vitest'
import { setHours } from '../kit/actors.ts'
import { book, mutateMeeting } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, subscribe } from '../kit/socket-client.ts'
import { slotAt } from '../kit/times.ts'

const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor at }
    ... on MeetingChanged { meeting { id subject startsAt } change { kind } }
    ... on ResetRequired { reason }
  }
}`
const { app, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor }, { start: startOnPort })

const bookAda = (number: number) =>
  book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: slotAt(number) } })
const console = (token: string, after?: string) =>
  subscribe(createSocketClient(app.server.url, token), { query: EVENTS, variables: { after } })

describe('agentEvents', () => {
  it('begins with a cursor, and delivers the events from then on', async () => {
    await bookAda(0)
    const live = console(ada.token)
    await live.waitFor(1)
    const meeting = await bookAda(1)
    const [caughtUp, changed] = await live.waitFor(2)
    expect(caughtUp).toMatchObject({ __typename: 'CaughtUp' })
    expect(changed).toMatchObject({
      __typename: 'MeetingChanged',
      meeting: { id: meeting.id, startsAt: slotAt(1) },
      change: { kind: 'BOOKED' },
    })
  })

  it("tells an agent's console of new hours for meetings", async () => {
    const live = subscribe(createSocketClient(app.server.url, ada.token), {
      query: `subscription { agentEvents {
        __typename ... on MeetingAvailabilityChanged { agent { id meetingAvailability { timeZone } } }
      } }`,
    })
    await live.waitFor(1)
    await setHours(app, ada, { timeZone: 'Asia/Kolkata', weekly: [] })
    expect((await live.waitFor(2))[1]).toEqual({
      __typename: 'MeetingAvailabilityChanged',
      agent: { id: ada.id, meetingAvailability: { timeZone: 'Asia/Kolkata' } },
    })
  })

  it('replays the events after a cursor, then continues live', async () => {
    const first = console(ada.token)
    const [{ cursor }] = (await first.waitFor(1)) as [LiveEvent]
    first.stop()
    const meetings = [await bookAda(0), await bookAda(1)]
    await mutateMeeting(app, {
      mutation: 'cancelMeeting',
      token: visitor.token,
      input: { meetingId: meetings[0]?.id },
    })
    const again = console(ada.token, cursor)
    await again.waitFor(4)
    await bookAda(2)
    const kinds = (await again.waitFor(5)).map(
      ({ __typename, change }) => (change as { kind: string })?.kind ?? __typename,
    )
    expect(kinds).toEqual(['BOOKED', 'BOOKED', 'CANCELLED', 'CaughtUp', 'BOOKED'])
  })
})
