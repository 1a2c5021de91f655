// What GraphiQL's page sends, when the name that GraphiQL gives may be that of the tab before.
import { expect, it } from 'vitest'
import { readOperation } from '../../src/server/pages/read-operation.js'

const STALE = 'TabBefore'

it.each([
  [
    'a field with the name of a kind of operation',
    'mutation Save {\n  save {\n    query {\n      agents\n    }\n  }\n}',
  ],
  [
    'an argument and a variable of that name',
    'query Find(\n$query: String\n) {\n  find(\n    query: $query\n  )\n}',
  ],
  ['a comment', '# Runs with the\n# query before.\nquery Find { find }'],
  ['a description in a string', 'query Find { find(text: """\n}\nquery Other {\n""") }'],
  ['a fragment of that name', 'query Find { ...query }\nfragment query on Query { find }'],
])('has no name if there is one operation: with %s', (_what, query) => {
  expect(readOperation({ query, operationName: STALE })).toEqual({
    operation: { query },
    isSubscription: false,
  })
})

it('has the name that was chosen if there are several operations', () => {
  const query = 'query One { a }\nsubscription Two { b }'
  expect(readOperation({ query, operationName: 'Two' })).toEqual({
    operation: { query, operationName: 'Two' },
    isSubscription: true,
  })
  expect(readOperation({ query, operationName: 'One' }).isSubscription).toBe(false)
})

it('is a subscription whose fields are named like a query', () => {
  const query = 'subscription Live {\n  events {\n    query { agents }\n  }\n}'
  expect(readOperation({ query, operationName: STALE })).toEqual({
    operation: { query },
    isSubscription: true,
  })
})
