// Mutations as tests of administration call them: the success type's fields, and all that errors say.
import { data, type TestApp } from './app.ts'

/** A mutation's answer, typed as loosely as a test needs it. */
export interface Result {
  __typename: string
  id: string
  message: string
  issues: { path: string[]; message: string }[]
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

/** Runs a mutation that takes one input and answers a union; top-level errors make it fail. */
export async function mutate(
  testApp: Pick<TestApp, 'execute'>,
  { mutation, input, select, ...call }: Mutation,
): Promise<Result> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) {
    result: ${mutation}(input: $input) {
      __typename ${select}
      ... on Error { message }
      ... on InvalidInputError { issues { path message } }
      ... on ForbiddenError { permission }
    }
  }`
  const { result } = await data<{ result: Result }>(testApp.execute(query, { variables: { input }, ...call }))
  return result
}
