// The limit on concurrent requests to a mailbox.
import { describe, expect, it } from 'vitest'
import { createInFlightLimit } from '../../src/services/calendars/provider/in-flight.ts'

interface Task {
  name: string
  finish(): void
  fail(error: Error): void
}

function startTasks(limit: number) {
  const run = createInFlightLimit(limit)
  const running: Task[] = []
  const start = (mailbox: string, name: string) =>
    run(mailbox, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      const end = (settle: () => void) => {
        running.splice(running.indexOf(task), 1)
        settle()
      }
      const task = {
        name,
        finish: () => end(() => resolve(name)),
        fail: (error: Error) => end(() => reject(error)),
      }
      running.push(task)
      return promise
    })
  return { start, running, names: () => running.map(({ name }) => name) }
}

describe('the requests of a mailbox in flight', () => {
  it('never exceed the limit, and further ones start in the order in which they came', async () => {
    const { start, running, names } = startTasks(3)
    const ends = ['1', '2', '3', '4', '5'].map((name) => start('one', name))
    expect(names()).toEqual(['1', '2', '3'])
    running[1]!.finish()
    await expect(ends[1]).resolves.toBe('2')
    const late = start('one', '6')
    expect(names()).toEqual(['1', '3', '4'])
    while (running.length > 0) {
      expect(running.length).toBeLessThanOrEqual(3)
      running[0]!.finish()
      await new Promise(setImmediate)
    }
    expect(await Promise.all([...ends, late])).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  it('do not delay those of another mailbox', () => {
    const { start, names } = startTasks(1)
    void start('one', '1')
    void start('one', '2')
    void start('other', '3')
    expect(names()).toEqual(['1', '3'])
  })

  it('make room for the next one also when they fail', async () => {
    const { start, running, names } = startTasks(1)
    const first = start('one', '1')
    const second = start('one', '2')
    running[0]!.fail(new Error('lost'))
    await expect(first).rejects.toThrow('lost')
    expect(names()).toEqual(['2'])
    running[0]!.finish()
    await expect(second).resolves.toBe('2')
  })
})
