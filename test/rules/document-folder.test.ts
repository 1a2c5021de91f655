// The operator's folder of persisted documents, read at the start.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ConfigError } from '../../src/config/config.ts'
import { hashOf } from '../../src/server/documents/document-map.ts'
import { openPersistedDocuments } from '../../src/server/documents/read-documents.ts'
import { ANONYMOUS } from '../../src/services/identity/viewer.ts'
import { TEST_LIMITS } from '../kit/app.ts'

const WHO = 'query Who { viewer { __typename } }'
const NAME = 'query Name { workspace { name } }'
const EVENTS = 'subscription Events { agentEvents { __typename } }'
const STRANGER = '{ __typename }'

/** A map of hashes and texts, as most tools write it. */
const mapOf = (...texts: string[]) => Object.fromEntries(texts.map((text) => [hashOf(text), text]))

/** @param files by their names; a string is written as it is, an object as JSON */
async function open(files: Record<string, string | object>, { introspection = true, limits = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-documents-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return openFolder(folder, { introspection, limits })
}

async function openFolder(folder: string, { introspection = true, limits = {} } = {}) {
  const documents = await openPersistedDocuments({
    persistedDocuments: { folder, mode: 'allow' },
    limits: { ...TEST_LIMITS, ...limits },
    introspection,
  })
  return (text: string) => documents.find({ documentId: `sha256:${hashOf(text)}` }, async () => ANONYMOUS)
}

/** @returns the faults that refuse the start, without the folder's path */
async function faultsOf(...call: Parameters<typeof open>): Promise<string[]> {
  const fault = await open(...call).catch((error: unknown) => error)
  if (!(fault instanceof ConfigError)) throw fault
  return fault.message
    .split('\n')
    .map((line) => line.replace(/^(PERSISTED_DOCUMENTS_DIR: ).*\/(?=[^/]+$)/, '$1'))
}

it('may have a map of Code Generator, Relay or gql.tada, with or without a prefix, and a manifest of Apollo', async () => {
  const find = await open({
    'site.json': mapOf(WHO),
    'console.json': { [`sha256:${hashOf(EVENTS)}`]: EVENTS },
    'apollo.json': {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: hashOf(NAME), name: 'Name', type: 'query', body: NAME }],
    },
    'notes.txt': 'no documents',
  })
  for (const text of [WHO, NAME, EVENTS]) expect(await find(text)).toBe(text)
  await expect(find(STRANGER)).rejects.toThrow('PersistedQueryNotFound')
})

it('is refused with every fault of every file, each with its file and its hash', async () => {
  const misspelt = 'query {\n  viewr { __typename }\n  workspace { nam }\n  node(id: { id:\n 1 }) { id } }'
  const md5 = '0123456789abcdef0123456789abcdef'
  const unclosed = 'query {'
  const fragment = 'fragment Name on Workspace { name }'
  expect(
    await faultsOf({
      'a.json': { ...mapOf(misspelt, unclosed), [md5]: WHO, [hashOf(WHO)]: NAME },
      'b.json': mapOf(fragment),
      'c.json': '{',
      'd.json': { documents: [WHO] },
    }),
  ).toEqual([
    `PERSISTED_DOCUMENTS_DIR: a.json: ${hashOf(misspelt)}: Cannot query field "viewr" on type "Query". Did you mean "viewer"?`,
    `PERSISTED_DOCUMENTS_DIR: a.json: ${hashOf(misspelt)}: Cannot query field "nam" on type "Workspace". Did you mean "name"?`,
    `PERSISTED_DOCUMENTS_DIR: a.json: ${hashOf(misspelt)}: ID cannot represent a non-string and non-integer value: { id: 1 }`,
    `PERSISTED_DOCUMENTS_DIR: a.json: ${hashOf(unclosed)}: Syntax Error: Expected Name, found <EOF>.`,
    `PERSISTED_DOCUMENTS_DIR: a.json: ${md5}: The key must be the SHA-256 of the document, as 64 lower-case hexadecimal digits.`,
    `PERSISTED_DOCUMENTS_DIR: a.json: ${hashOf(WHO)}: The key is not the SHA-256 of the document.`,
    `PERSISTED_DOCUMENTS_DIR: b.json: ${hashOf(fragment)}: The document has no operation.`,
    'PERSISTED_DOCUMENTS_DIR: c.json: is neither a JSON map of hashes and documents nor a manifest of Apollo.',
    'PERSISTED_DOCUMENTS_DIR: d.json: is neither a JSON map of hashes and documents nor a manifest of Apollo.',
  ])
})

it.each<[string, string, string, Parameters<typeof open>[1]]>([
  ['has too many tokens', WHO, 'tokens', { limits: { maxTokens: 5 } }],
  ['is nested too deeply', NAME, 'deeper', { limits: { maxDepth: 1 } }],
  ['has too many aliases', 'query { a: __typename b: __typename }', 'aliases', { limits: { maxAliases: 1 } }],
  ['is larger than a request', WHO, 'larger', { limits: { maxBodyBytes: 10 } }],
  [
    'reads the schema while introspection is off',
    '{ __schema { __typename } }',
    'introspection',
    { introspection: false },
  ],
])(
  'is refused for a document that %s, as a request with it would be',
  async (_what, text, reason, options) => {
    await expect(open({ 'a.json': mapOf(text) })).resolves.toBeDefined()
    expect(await faultsOf({ 'a.json': mapOf(text) }, options)).toEqual([expect.stringContaining(reason)])
  },
)

it('is refused if it does not exist, or has no maps', async () => {
  await expect(openFolder('/nowhere')).rejects.toThrow(/^PERSISTED_DOCUMENTS_DIR: ENOENT/)
  expect(await faultsOf({ 'notes.txt': '' })).toEqual([
    expect.stringContaining('has no file that ends in .json'),
  ])
})
