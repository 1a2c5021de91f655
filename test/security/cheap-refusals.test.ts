// Documents that are cheap to send and would be expensive to validate.
import { describe, expect, it } from 'vitest'
import { MAX_LINES, MAX_NAME_LENGTH, MAX_SELECTIONS } from '../../src/server/use-query-limits.ts'
import { addressOf, post, refusal } from '../kit/http.ts'
import { useScene } from '../kit/scene.ts'

const { app } = useScene({}, { once: true })

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ')

/** Each is within the limits on tokens, depth, aliases and directives. */
const EXPENSIVE: [string, string, string][] = [
  ['1,490 times the same field', `{ ${times(1490, () => '__typename')} }`, 'QUERY_TOO_MANY_FIELDS'],
  [
    '120 times the same list',
    `{ ${times(120, () => 'meetings(first: 1) { nodes { id } }')} }`,
    'QUERY_TOO_REPETITIVE',
  ],
  [
    '70 times the same list of arguments',
    `{ ${times(70, () => `nodes(ids: [${times(10, (n) => `"${n}"`)}]) { id }`)} }`,
    'QUERY_TOO_REPETITIVE',
  ],
  [
    '140 fragments in one place',
    `{ ${times(140, (n) => `...F${n}`)} } ${times(140, (n) => `fragment F${n} on Query { __typename }`)}`,
    'QUERY_TOO_REPETITIVE',
  ],
  [
    'the same fields in inline fragments',
    `{ ${times(190, () => '... { a { b } }')} }`,
    'QUERY_TOO_REPETITIVE',
  ],
  [
    'a fragment that nothing spreads',
    `{ __typename } fragment F on Query { ${times(600, () => 'a')} }`,
    'QUERY_TOO_REPETITIVE',
  ],
  [
    'fragments that multiply each other',
    `{ ...F0 } ${times(9, (n) => `fragment F${n} on Query { ${times(9, (m) => `f${m} { ...F${n + 1} }`)} }`)}
      fragment F9 on Query { a }`,
    'QUERY_TOO_MANY_FIELDS',
  ],
  [
    '60 operations that share a fragment',
    `${times(60, (n) => `query Q${n} { ...F }`)} fragment F on Query { ${times(60, (n) => `node(id: $v${n}) { id }`)} }`,
    'QUERY_TOO_REPETITIVE',
  ],
  ['60,000 empty lines', `${'\n'.repeat(60_000)}{ ${times(60, (n) => `f${n}`)} }`, 'QUERY_TOO_LONG'],
  ['a name of 50,000 characters', `{ ${'a'.repeat(50_000)} }`, 'QUERY_TOO_LONG'],
]

describe('a document that is expensive to validate', () => {
  it.each(EXPENSIVE)('is refused before its validation: %s', async (_what, query, code) => {
    expect(await refusal(post(app, { body: { query } }))).toMatchObject({ status: 400, code })
  })

  it('is refused over a GET request too', async () => {
    const query = `{ ${times(1100, () => 'id')} }`
    expect(await refusal(app.fetch(addressOf({ query })))).toMatchObject({
      status: 400,
      code: 'QUERY_TOO_MANY_FIELDS',
    })
  })

  it('is not one at the limits', async () => {
    const fields = times(MAX_SELECTIONS - 1, (n) => (n < 100 ? '__typename' : `f${n}`))
    for (const query of [
      `{ ${fields} }`,
      `${'\n'.repeat(MAX_LINES - 1)}{ f }`,
      `{ ${'a'.repeat(MAX_NAME_LENGTH)} }`,
      `{ viewer { ${times(25, (n) => `...F${n}`)} } } ${times(25, (n) => `fragment F${n} on Viewer { __typename }`)}`,
    ]) {
      const { errors } = await (await post(app, { body: { query } })).json()
      expect(['GRAPHQL_VALIDATION_FAILED', 'UNAUTHENTICATED']).toContain(errors[0].extensions.code)
    }
  })

  it('is answered with its first errors only', async () => {
    const answer = await post(app, { body: { query: `{ ${times(300, (n) => `f${n}`)} }` } })
    expect((await answer.json()).errors).toHaveLength(11)
  })
})
