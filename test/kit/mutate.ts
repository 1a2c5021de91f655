// Mutations as tests of administration call them: the success type's fields, and all that errors say.
import { data, type TestApp } from './app.ts'

/** A mutation's answer, typed as loosely as a test needs it. */
export interface Result {
  __typename: string
  id: string
  message: string
  issues: { path: string[]; code: string; message: string; limit: number | null }[]
  /** Of NotFoundError. */
  path: string[]
  [field: string]: unknown
}

export interface Mutation {
  /** For example "saveTeam". */
  mutation: string
  input: object
  token?: string
  /** What to select, for example "... on Team { id name }". */
  select: string
}

/** Every field of every error; valid in every union of errors, because `Error` may be any of them. */
export const ERRORS = `... on Error {
  message
  ... on InvalidInputError { issues { path code message limit } }
  ... on ForbiddenError { permission }
  ... on NotFoundError { path missingId }
  ... on ConflictError { reason }
  ... on SlotUnavailableError { reason startsAt alternatives { startsAt endsAt agentCount } }
  ... on NoAgentAvailableError { fallback { message offerMeeting } }
}`

/** Runs a mutation that takes one input and answers a union; top-level errors make it fail. */
export async function mutate(
  testApp: Pick<TestApp, 'execute'>,
  { mutation, input, select, ...call }: Mutation,
): Promise<Result> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) {
    result: ${mutation}(input: $input) {
      __typename ${select}
      ${ERRORS}
    }
  }`
  const { result } = await data<{ result: Result }>(testApp.execute(query, { variables: { input }, ...call }))
  return result
}
