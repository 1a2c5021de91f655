// After each mutation, a normalised cache that holds the query of a screen shows what a refetch would show.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Case } from './case.ts'
import { CASES, NOT_TRIED } from './cases.ts'
import { connectApollo } from './clients/apollo.ts'
import type { Data } from './clients/client.ts'
import { connectUrql } from './clients/urql.ts'
import { read, url } from './product.ts'
import { mutationNames } from './schema.ts'
import { mutationFor, queryOf } from './screens.ts'

const CACHES = { 'Apollo Client': connectApollo, 'graph cache of urql': connectUrql }

/** Mutations that change nothing on a screen, which must stay as it is: a hold takes its slot from others only, and no screen
 * shows with which account an agent signs in. */
const UNSEEN = new Set(['holdSlot', 'releaseHold', 'resetSignIn', 'signalTyping'])

it('every mutation is covered', () => {
  const covered = [...Object.keys(CASES), ...Object.keys(NOT_TRIED)]
  assert.deepEqual(covered.sort(), mutationNames.toSorted())
})

describe('the caches of Apollo Client and urql', () => {
  for (const [mutation, cases] of Object.entries(CASES)) {
    for (const [index, prepare] of cases.entries()) {
      it(`are true after ${mutation}, case ${index + 1}`, async () => {
        await checkCaches(mutation, await prepare())
      })
    }
  }
})

/** Both caches hold the screen, and get the same answer to one mutation. */
async function checkCaches(mutation: string, { screen, viewer, input, variables = {} }: Case): Promise<void> {
  const { token } = viewer
  const query = queryOf(screen)
  const fetch = fetchMutationOnce()
  const caches = Object.entries(CACHES).map(([name, connect]) => ({
    name,
    client: connect({ url, token, fetch }),
  }))
  const shows = (expected: Data) => {
    for (const { name, client } of caches) {
      assert.deepEqual(withoutTypenames(client.readCache?.(query, variables)), expected, name)
    }
  }
  for (const { client } of caches) await client.request(query, variables)
  const before = await read(query, { token, variables })
  shows(before)

  for (const { client } of caches) {
    const { result } = await client.request(mutationFor(screen, mutation), { input, ...variables })
    assert.doesNotMatch(JSON.stringify(result), /"__typename":"\w+Error"/)
  }
  const after = await read(query, { token, variables })
  if (UNSEEN.has(mutation)) assert.deepEqual(after, before)
  else assert.notDeepEqual(after, before)
  shows(after)
}

/** @returns `fetch`, but for a mutation the second client gets the answer that the first one got */
function fetchMutationOnce(): typeof fetch {
  let answer: Promise<string> | undefined
  return async (resource, options) => {
    if (!String(options?.body).includes('"query":"mutation')) return fetch(resource, options)
    answer ??= fetch(resource, options).then((response) => response.text())
    return new Response(await answer, { headers: { 'content-type': 'application/json' } })
  }
}

function withoutTypenames(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner) => (key === '__typename' ? undefined : inner))
  return JSON.parse(text)
}
