// Calls an operation as somebody, and says what came of it in a letter of the table.
import { expect } from 'vitest'
import type { Answer } from '../../kit/app.ts'
import { createVisitor } from '../../kit/booking.ts'
import { openEventStream } from '../../kit/event-stream.ts'
import { ERRORS } from '../../kit/mutate.ts'
import type { Operation } from '../every-operation.ts'
import type { Case } from './case.ts'
import type { Prepared } from './cases.ts'
import { MARKERS, type Scene } from './scene.ts'
import type { Viewer } from './table.ts'

type Result = Record<string, unknown>
/** Of a case, with the tokens of everybody who has one. */
export type Stage = Prepared & { tokens: Partial<Record<Viewer, string>> }

/** Visitors are new for each case: they have no more than one chat, and few holds. */
export async function stageOf(made: Case, prepared: Prepared): Promise<Stage> {
  const { app, acme, globex, tokens } = made.scene
  const [visitor, otherVisitor, foreignVisitor] = await Promise.all([
    made.token(),
    createVisitor(app, acme),
    createVisitor(app, globex),
  ])
  return { ...prepared, tokens: { ...tokens, visitor, otherVisitor, foreignVisitor, ...prepared.tokens } }
}

/** @returns the letter of the table, or what else came of it */
export async function callAs(
  { app, tokens }: Scene,
  { operation, viewer, stage }: { operation: Operation; viewer: Viewer; stage: Stage },
): Promise<string> {
  const token = stage.tokens[viewer]
  const variables = (viewer === 'link' && stage.withLink) || stage.variables
  const sent = { variables, ...(token ? { token } : {}) }
  const isStream = operation.kind === 'subscription'
  const answer = isStream
    ? await firstEvent(app.server.url, { query: operation.document, ...sent })
    : await app.execute<Result>(documentOf(operation), sent)
  expectNone(answer, secretsFor(viewer, stage.tokens.link !== tokens.link))
  return letterOf(answer, operation)
}

async function firstEvent(url: string, call: Parameters<typeof openEventStream>[1]): Promise<Answer<Result>> {
  const stream = await openEventStream(url, call)
  const [first] = await stream.received(1)
  stream.close()
  return first as Answer<Result>
}

/** A mutation is asked only what it did, or why not. */
function documentOf({ kind, name, document }: Operation): string {
  if (kind !== 'mutation') return document
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${ERRORS} } }`
}

/** @param ownsMeeting whether the link is that of the case's meeting
 * @returns the texts that must not be in an answer */
export function secretsFor(viewer: Viewer, ownsMeeting = false): string[] {
  const { workspace, person, chat } = MARKERS
  switch (viewer) {
    case 'visitor':
    case 'agent':
    case 'administrator':
      return []
    case 'link':
      return ownsMeeting ? [chat] : [person, chat]
    case 'otherVisitor':
    case 'colleague':
      return [person, chat]
    default:
      return [workspace, person, chat]
  }
}

export function expectNone(answer: unknown, secrets: string[]): void {
  const text = JSON.stringify(answer).toLowerCase()
  expect(secrets.filter((secret) => text.includes(secret.toLowerCase()))).toEqual([])
}

const LETTERS: Record<string, string> = {
  ...{ FORBIDDEN: 'F', ForbiddenError: 'F', NOT_FOUND: 'N', NotFoundError: 'N', UNAUTHENTICATED: 'U' },
}

/** Fields within may be refused: the tests of their types check that. */
function letterOf({ data, errors }: Answer<Result>, { name }: Operation): string {
  const error = errors?.find(({ path = [] }) => path.length < 2)
  if (error) return LETTERS[String(error.extensions?.code)] ?? JSON.stringify(error)
  const [result] = [data?.[name]].flat() as [{ __typename?: string } | null | undefined]
  const type = result?.__typename ?? ''
  if (type.endsWith('Error')) return LETTERS[type] ?? JSON.stringify(result)
  return (result ?? null) === null ? '-' : '+'
}
