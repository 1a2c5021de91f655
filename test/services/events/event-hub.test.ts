// The hub hands every subscriber of a stream all events that are committed from then on, once and in order, whichever
// subscriptions begin and end at the same moment.
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { appendEvents, workspaceStream } from '../../../src/services/events/append-events.ts'
import type { StreamSubscriber } from '../../../src/services/events/event-hub.ts'
import { newEvent } from '../../../src/services/events/new-events.ts'
import { runTransaction } from '../../../src/services/transaction.ts'
import { createTestWorkspace } from '../../kit/actors.ts'
import { startAppForTest, type TestApp } from '../../kit/app.ts'
import { eventually } from '../../kit/eventually.ts'

let app: TestApp
let workspaceId: string
let streamId: string

beforeEach(async () => {
  app = await startAppForTest()
  workspaceId = (await createTestWorkspace(app)).workspaceId
  streamId = workspaceStream(workspaceId)
})

const append = () =>
  runTransaction(app.app.services, (tx) =>
    appendEvents(tx, {
      workspaceId,
      at: app.clock.now(),
      events: [newEvent.routingChanged({ kind: 'MEETING' })],
    }),
  )

/** @returns a subscriber, and the numbers of the events that it has received */
function listener(): { subscriber: StreamSubscriber; seqs: number[] } {
  const seqs: number[] = []
  const onEvents: StreamSubscriber['onEvents'] = (events) => void seqs.push(...events.map(({ seq }) => seq))
  return { subscriber: { onEvents, onGap: () => void seqs.push(Number.NaN) }, seqs }
}

it('hands events to a subscriber that comes while the last one leaves', async () => {
  const { events } = app.app.live
  const [first, second] = [listener(), listener()]
  const going = await events.subscribe(streamId, first.subscriber)
  const coming = events.subscribe(streamId, second.subscriber)
  going.cancel()
  await coming
  await append()
  await eventually(() => expect(second.seqs).toEqual([1]))
  expect(first.seqs).toEqual([])
})

it('hands over an event that is committed while it reads the head of the stream, without waiting for the poll', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  app = await startAppForTest()
  workspaceId = (await createTestWorkspace(app)).workspaceId
  streamId = workspaceStream(workspaceId)
  const { events } = app.app.live
  const { database } = app.app.services
  const read = database.$queryRaw.bind(database)
  const looking = vi.spyOn(database, '$queryRaw').mockImplementationOnce((async (
    ...query: Parameters<typeof read>
  ) => {
    const answer = await read(...query)
    await append()
    return answer
  }) as never)
  const { promise: handed, resolve } = Promise.withResolvers<void>()
  await events.subscribe(streamId, { onEvents: () => resolve(), onGap: () => {} })
  expect(looking).toHaveBeenCalled()
  await handed
})
