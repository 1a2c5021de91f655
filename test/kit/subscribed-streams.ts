// The streams of events to which the server is subscribed at the moment.
import { onTestFinished, vi } from 'vitest'
import type { TestApp } from './app.ts'

/** @returns reads the streams that were subscribed to since this was called, and still are: once for each subscription */
export function trackSubscribedStreams({ app }: TestApp): () => string[] {
  const { events } = app.live
  const subscribed: string[] = []
  const subscribe = events.subscribe.bind(events)
  const spy = vi.spyOn(events, 'subscribe').mockImplementation(async (streamId, subscriber) => {
    subscribed.push(streamId)
    const forget = () => void subscribed.splice(subscribed.indexOf(streamId) >>> 0, 1)
    try {
      const subscription = await subscribe(streamId, subscriber)
      const cancel = () => {
        forget()
        subscription.cancel()
      }
      return { ...subscription, cancel }
    } catch (error) {
      forget()
      throw error
    }
  })
  onTestFinished(() => spy.mockRestore())
  return () => [...subscribed]
}
