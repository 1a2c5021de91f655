// The documents that clients can name by a hash instead of sending the text, and who may send other texts besides. The
// operator supplies them (read-documents.ts); no request ever adds one.
import type { PersistedDocumentsMode } from '../../config/config.ts'
import type { Viewer } from '../../services/identity/viewer.ts'
import { isObject } from '../is-object.ts'
import * as meetingPageDocuments from '../pages/meeting/documents.js'
import { requestError } from '../request-error.ts'
import { hashOf, readHash } from './document-map.ts'

/** What a request says about its document, over HTTP or a socket. None of it is checked yet. */
export interface DocumentRequest<Query = unknown> {
  query?: Query
  documentId?: unknown
  extensions?: unknown
}

/** What our own pages send as text, which is executed in every mode. Examples that can be edited do not belong to it. */
const OWN_HASHES = new Set(Object.values(meetingPageDocuments).map(hashOf))

export interface PersistedDocumentsOptions {
  /** The texts by their hashes; null if the operator has supplied none. */
  texts: ReadonlyMap<string, string> | null
  mode: PersistedDocumentsMode
}

export class PersistedDocuments {
  readonly #texts: ReadonlyMap<string, string> | null
  readonly #mode: PersistedDocumentsMode

  constructor({ texts, mode }: PersistedDocumentsOptions) {
    this.#texts = texts
    this.#mode = mode
  }

  /** A known id decides, also if a text comes with it.
   * @param readViewer called only if the mode depends on the viewer
   * @returns what to execute: the persisted text, or else the value of `query`
   * @throws GraphQLError for an id that is malformed or unknown, or a text that the viewer may not send */
  async find<Query>(
    request: DocumentRequest<Query>,
    readViewer: () => Promise<Viewer>,
  ): Promise<Query | string | undefined> {
    const hash = hashIn(request)
    const text = hash === null ? undefined : this.#texts?.get(hash)
    if (text !== undefined) return text
    const { query } = request
    if (typeof query === 'string' && query !== '') {
      await this.#requireAllowed(query, readViewer)
      return query
    }
    if (hash === null) return query
    // Apollo's clients know these two answers by their messages and codes.
    throw this.#texts === null
      ? requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
      : requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
  }

  async #requireAllowed(query: string, readViewer: () => Promise<Viewer>): Promise<void> {
    if (this.#mode === 'allow' || this.#isKnown(hashOf(query))) return
    if (this.#mode === 'only-anonymous' && (await readViewer()).kind === 'AGENT') return
    throw requestError(
      'PERSISTED_DOCUMENT_REQUIRED',
      'Only persisted documents are executed here: send `documentId`, or the exact text of one of them.',
    )
  }

  #isKnown(hash: string): boolean {
    return this.#texts?.has(hash) === true || OWN_HASHES.has(hash)
  }
}

/** Every text is executed, and no id is known. */
export const NO_PERSISTED_DOCUMENTS = new PersistedDocuments({ texts: null, mode: 'allow' })

/** @returns the hash that the request names; null if it names none */
function hashIn({ documentId, extensions }: DocumentRequest): string | null {
  if (documentId !== undefined && documentId !== null) return requireHash('documentId', documentId)
  const { persistedQuery } = isObject(extensions) ? extensions : {}
  if (!isObject(persistedQuery)) return null
  if (persistedQuery.version !== 1) {
    throw requestError('BAD_REQUEST', '`extensions.persistedQuery.version` must be 1.')
  }
  return requireHash('extensions.persistedQuery.sha256Hash', persistedQuery.sha256Hash)
}

function requireHash(name: string, id: unknown): string {
  const hash = typeof id === 'string' ? readHash(id) : null
  if (hash !== null) return hash
  throw requestError('BAD_REQUEST', `\`${name}\` must be a SHA-256, as 64 lower-case hexadecimal digits.`)
}
