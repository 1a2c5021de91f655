// A subscription as the server executes it: validated once, executed once for each thing that happens, the answer
// shared as text by all who asked for the same.
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  type GraphQLError,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
  visit,
} from 'graphql'
import type { SchemaContext } from '../../schema/context.ts'
import { CURSOR_PLACEHOLDER, LiveSource } from '../../schema/live-source.ts'
import { readStreamHeads } from '../../services/events/stream-heads.ts'
import { callerOf } from '../../services/identity/viewer.ts'
import { isFault } from '../mask-error.ts'

export interface LiveOperation {
  source: LiveSource
  /** Operations with the same key are answered the same. */
  key: string
  /** Executes the operation for one thing that happened.
   * @param place what the cursors after it begin with (see `signPlace`); none where nothing has a cursor */
  execute(root: unknown, place?: string): Promise<Payload>
}

/** An answer as JSON, in pieces: the end of a cursor, which is each client's own (see `signHolder`), belongs between
 * them. */
export type Payload = readonly string[]

/** @returns the operation, or what a client is told instead: it is not valid, or refused */
export async function openOperation(
  args: ExecutionArgs,
  mask: (error: unknown) => GraphQLError,
): Promise<LiveOperation | ExecutionResult> {
  const validated = validateSubscriptionArgs(args)
  if (!('schema' in validated)) return { errors: validated.map(mask) }
  const source = await createSourceEventStream(validated)
  if (!(source instanceof LiveSource)) {
    if ('errors' in source) return { errors: source.errors?.map(mask) }
    throw new Error('A subscription field must answer a LiveSource.')
  }
  return {
    source,
    key: [documentId(args.document), args.operationName, variablesKey(args), sourceKey(source, args)].join(
      '\n',
    ),
    execute: (root, place = '') => execute(validated, { root, place, mask }),
  }
}

const CURSOR_PLACEHOLDER_JSON = JSON.stringify(CURSOR_PLACEHOLDER).slice(1, -1)

/** Each time with a context of its own, so that nothing that was loaded for an event before is taken for now.
 * @throws a fault of ours that leaves nothing of the answer, not even its cursor: sent like this, the client would never
 *   learn what happened */
async function execute(
  validated: ValidatedSubscriptionArgs,
  { root, place, mask }: { root: unknown; place: string; mask: (error: unknown) => GraphQLError },
): Promise<Payload> {
  const context = validated.contextValue as SchemaContext
  const streamHeads = context.streamHeads && (await readStreamHeads(context))
  const contextValue = { ...context, streamHeads }
  const { data, errors } = await executeSubscriptionEvent({ ...validated, rootValue: root, contextValue })
  const fault = data ? undefined : errors?.find(isFault)
  if (fault) throw fault.originalError ?? fault
  const result = errors ? { data, errors: errors.map(mask) } : { data }
  const pieces = JSON.stringify(result).split(CURSOR_PLACEHOLDER_JSON)
  return pieces.map((piece, index) => (index < pieces.length - 1 ? piece + place : piece))
}

/** Heads of streams are each viewer's own. */
function sourceKey({ key }: LiveSource, { contextValue }: ExecutionArgs): string {
  const { streamHeads, viewer } = contextValue as SchemaContext
  return streamHeads && viewer.kind !== 'ANONYMOUS' ? `${key} ${callerOf(viewer)}` : key
}

const documentIds = new WeakMap<DocumentNode, number>()
let documents = 0

/** Parsed documents are cached by their text, so that the same text is the same object. */
function documentId(document: DocumentNode): number {
  const id = documentIds.get(document) ?? ++documents
  documentIds.set(document, id)
  return id
}

/** The variables, but for the cursor to begin after: it decides where, not what. */
function variablesKey({ document, variableValues = {} }: ExecutionArgs): string {
  const relevant = relevantVariables(document)
  const used = Object.entries(variableValues ?? {}).filter(([name]) => relevant.has(name))
  return JSON.stringify(used.sort(([one], [other]) => (one < other ? -1 : 1)))
}

const relevantVariablesOf = new WeakMap<DocumentNode, Set<string>>()

function relevantVariables(document: DocumentNode): Set<string> {
  const known = relevantVariablesOf.get(document)
  if (known) return known
  const names = new Set<string>()
  let depth = 0
  visit(document, {
    Field: { enter: () => void depth++, leave: () => void depth-- },
    // Where a fragment is spread is not looked at: it may be anywhere but at the root.
    FragmentDefinition: { enter: () => void depth++, leave: () => void depth-- },
    VariableDefinition: () => false,
    Argument: ({ name }) => (depth === 1 && name.value === 'after' ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  })
  relevantVariablesOf.set(document, names)
  return names
}
