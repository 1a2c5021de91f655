// A subscription as the server executes it: it is validated once and executed once for each event, and all clients that
// asked for the same share the serialised answer.
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  type GraphQLError,
  print,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
  visit,
} from 'graphql'
import type { SchemaContext } from '../../schema/context.ts'
import { CURSOR_PLACEHOLDER, type LiveRoot, LiveSource } from '../../schema/live-source.ts'
import { selectsPersonalField } from '../../schema/personal.ts'
import { readStreamHeads } from '../../services/events/stream-heads.ts'
import { callerOf, watchIdentity } from '../../services/identity/viewer.ts'
import { AnswerTooLargeError, isTooLarge } from '../answer-limit.ts'
import { hashOf } from '../documents/document-map.ts'
import { throwRetryable } from './is-retryable.ts'

export interface LiveOperation {
  source: LiveSource
  /** Operations with the same key get the same answers, apart from the end of the cursor. */
  key: string
  /** Operations with the same key get the same answer to an event, unless the answer is personal: see `answer`. null: it
   * always is. */
  colleaguesKey: string | null
  /** Executes the operation once.
   * @param root the event, signal, control message or slot calendar, as the root value
   * @param place the first half of the event's cursor (see `signPlace`); left out for slots and signals, which have no
   * cursor */
  execute(root: LiveRoot, place?: string): Promise<Payload>
  /** Like `execute`, and notes whether the answer is personal. */
  answer(root: LiveRoot, place?: string): Promise<Answer>
}

export interface Answer {
  payload: Payload
  /** Whether who the viewer is was read meanwhile, and not only its workspace and permissions. */
  isPersonal: boolean
}

/** An answer as JSON, in pieces that are joined with the second half of the cursor, which is the client's own (see
 * `signHolder`). */
export type Payload = readonly string[]

/** @returns the operation, or the errors for the client if the operation is invalid or refused
 * @throws the error after which the client should retry */
export async function openOperation(
  args: ExecutionArgs,
  mask: (error: unknown) => GraphQLError,
): Promise<LiveOperation | ExecutionResult> {
  const validated = validateSubscriptionArgs(args)
  if (!('schema' in validated)) return { errors: validated.map(mask) }
  const source = await createSourceEventStream(validated)
  if (!(source instanceof LiveSource)) {
    if ('errors' in source) {
      throwRetryable(source.errors)
      return { errors: source.errors?.map(mask) }
    }
    throw new Error('A subscription field must answer a LiveSource.')
  }
  return {
    source,
    ...keysOf(source, args),
    execute: async (root, place = '') => (await execute(validated, { root, place, mask })).payload,
    answer: (root, place = '') => execute(validated, { root, place, mask }),
  }
}

const CURSOR_PLACEHOLDER_JSON = JSON.stringify(CURSOR_PLACEHOLDER).slice(1, -1)

/** Executes with a fresh context, so that no data loader answers with rows it loaded for an earlier event.
 * @throws AnswerTooLargeError, after which a retry would fail too
 * @throws the error after which the client should retry, even if only a nullable field failed: an answer without the
 * field would move the client's cursor past what it has not received */
async function execute(
  validated: ValidatedSubscriptionArgs,
  { root, place, mask }: { root: LiveRoot; place: string; mask: (error: unknown) => GraphQLError },
): Promise<Answer> {
  const { viewer, isRead } = watchIdentity((validated.contextValue as SchemaContext).viewer)
  const context = { ...(validated.contextValue as SchemaContext), viewer }
  const streamHeads = context.streamHeads && (await readStreamHeads(context))
  const contextValue = { ...context, streamHeads }
  const { data, errors } = await executeSubscriptionEvent({ ...validated, rootValue: root, contextValue })
  throwRetryable(errors)
  const json = JSON.stringify(errors ? { data, errors: errors.map(mask) } : { data })
  if (isTooLarge(json)) throw new AnswerTooLargeError('subscription')
  const pieces = json.split(CURSOR_PLACEHOLDER_JSON)
  const payload = pieces.map((piece, index) => (index < pieces.length - 1 ? piece + place : piece))
  return { payload, isPersonal: isRead() }
}

/** Some fields belong to the viewer, so operations that select one are not shared between viewers. */
function keysOf(source: LiveSource, args: ExecutionArgs): Pick<LiveOperation, 'key' | 'colleaguesKey'> {
  const { viewer } = args.contextValue as SchemaContext
  const operation = [documentId(args.document), args.operationName, variablesKey(args)].join('\n')
  const isPersonal = viewer.kind !== 'ANONYMOUS' && selectsPersonalField(args.schema, args.document)
  const sourceKey = isPersonal ? `${source.key} ${callerOf(viewer)}` : source.key
  const { colleagues } = source
  return {
    key: `${operation}\n${sourceKey}`,
    colleaguesKey: isPersonal || colleagues === null ? null : `${operation}\n${colleagues}`,
  }
}

const documentIds = new WeakMap<DocumentNode, string>()

/** The same for the same text, also if it was parsed again. */
function documentId(document: DocumentNode): string {
  const id = documentIds.get(document) ?? hashOf(document.loc?.source.body ?? print(document))
  documentIds.set(document, id)
  return id
}

/** Arguments of subscriptions that do not decide what is answered: `after` is where the events start, and the days of a
 * range are part of the key of the source. */
const STARTS_AND_ENDS = new Set(['after', 'from', 'to'])

/** The variables except those of such arguments. */
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
    // A fragment counts as nested wherever it is spread, so such an argument inside one always stays in the key.
    FragmentDefinition: { enter: () => void depth++, leave: () => void depth-- },
    VariableDefinition: () => false,
    Argument: ({ name }) => (depth === 1 && STARTS_AND_ENDS.has(name.value) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  })
  relevantVariablesOf.set(document, names)
  return names
}
