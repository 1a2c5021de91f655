// Runs the example clients of docs/delivery.md over connections that break.
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import { expect, it, onTestFinished } from 'vitest'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { eventually } from '../kit/eventually.ts'
import { startProxy } from '../kit/proxy.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { slotAt } from '../kit/times.ts'

const BOOKINGS = 6

interface RecipeEvent {
  __typename: string
  cursor: string
  meeting?: { id: string }
}

interface Handlers {
  apply(event: RecipeEvent): void
  reset(reason: string): void
  signal: AbortSignal
}

type Recipe = (after: string | null, handlers: Handlers) => unknown

const { app, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor }, { start: startOnPort })

it.each(['graphql-ws', 'sse'])(
  'the recipe for %s gets every event once, in order, over broken connections',
  async (name) => {
    const proxy = await startProxy(app.server.url)
    const { viewer } = await data<{ viewer: { streamHead: string } }>(
      app.execute('{ viewer { ... on Agent { streamHead } } }', { token: ada.token }),
    )
    const follow = await readRecipe(name, { url: `${proxy.url}/graphql`, getToken: async () => ada.token })

    const events: RecipeEvent[] = []
    const resets: string[] = []
    const abort = new AbortController()
    const handlers = {
      apply: (event: RecipeEvent) => void events.push(event),
      reset: (reason: string) => void resets.push(reason),
      signal: abort.signal,
    }
    const stop = follow(viewer.streamHead, handlers)
    onTestFinished(() => {
      abort.abort()
      if (typeof stop === 'function') stop()
    })

    const booked: string[] = []
    const seen = () => events.flatMap(({ meeting }) => meeting?.id ?? [])
    for (let number = 0; number < BOOKINGS; number++) {
      const input = { target: { agentId: ada.id }, startsAt: slotAt(number) }
      const meeting = await book(app, { token: visitor.token, input })
      booked.push(meeting.id)
      if (number % 2 === 0) proxy.cut()
      else await eventually(() => expect(seen()).toEqual(booked))
    }
    expect(resets).toEqual([])
    expect(events.every(({ __typename }) => ['MeetingChanged', 'CaughtUp'].includes(__typename))).toBe(true)
  },
  90_000,
)

/** Evaluates the code of a recipe, which refers to `surroundings`. */
async function readRecipe(
  name: string,
  surroundings: { url: string; getToken(): Promise<string> },
): Promise<Recipe> {
  const text = await readFile(join(import.meta.dirname, '../../docs/delivery.md'), 'utf8')
  const typescript = new RegExp(`\`\`\`ts recipe=${name}\n(.*?)\n\`\`\``, 's').exec(text)?.[1] ?? ''
  const code = stripTypeScriptTypes(typescript).replace(/^import .*$/m, '')
  const names = ['createClient', ...Object.keys(surroundings)]
  const make = new Function(...names, `${code}\nreturn subscribeToAgentEvents`)
  return make(createClient, ...Object.values(surroundings)) as Recipe
}
