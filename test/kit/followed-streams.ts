// Which streams of events the server follows for its subscribers at the moment.
import { onTestFinished, vi } from 'vitest'
import type { TestApp } from './app.ts'

/** @returns tells the streams that are followed now and were not when this was called, as often as each is followed */
export function watchFollowed({ app }: TestApp): () => string[] {
  const { events } = app.live
  const followed: string[] = []
  const follow = events.follow.bind(events)
  const spy = vi.spyOn(events, 'follow').mockImplementation(async (streamId, follower) => {
    followed.push(streamId)
    const forget = () => void followed.splice(followed.indexOf(streamId) >>> 0, 1)
    try {
      const following = await follow(streamId, follower)
      const stop = () => {
        forget()
        following.stop()
      }
      return { ...following, stop }
    } catch (error) {
      forget()
      throw error
    }
  })
  onTestFinished(() => spy.mockRestore())
  return () => [...followed]
}
