// Replaces the id of a persisted document by its text, before anything else looks at the document: every limit and rule
// then holds for it as for a text that a client sends.
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import type { Session } from '../../services/identity/authenticate.ts'
import type { PersistedDocuments } from './persisted-documents.ts'

export interface PersistedDocumentsPluginOptions {
  documents: PersistedDocuments
  /** Authenticates the caller of a request. */
  sessionOf(request: Request): Promise<Session>
}

/** For requests over HTTP, subscriptions as server-sent events included. Sockets ask `documents` themselves. */
export function usePersistedDocuments({ documents, sessionOf }: PersistedDocumentsPluginOptions): Plugin {
  return {
    async onParams({ params, request, setParams }) {
      const { documentId, ...others }: GraphQLParams & { documentId?: unknown } = params
      const query = await documents.find(params, async () => (await sessionOf(request)).viewer)
      setParams({ ...others, query })
    },
  }
}
