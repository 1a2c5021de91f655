// Many visits from one client address cost work.
import { type Challenge, solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { beforeEach, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { MINUTE } from '../kit/clock.ts'
import { GENEROUS_BUDGETS } from '../kit/generous-budgets.ts'
import { useScene } from '../kit/scene.ts'
import { startOnPort, startSecondNode } from '../kit/server.ts'

const SECRET = 'a secret of the backend, 32 characters or more'
const visitsWithoutProof = { address: { limit: 2, windowMs: 10 * MINUTE } }
const budgets = { ...GENEROUS_BUDGETS, visitsWithoutProof }
const start = () => startOnPort({ budgets, network: { backendSecret: SECRET } })
const { app, acme, admin, database, mutate } = useScene({}, { start })

const START = `mutation ($input: StartVisitInput!) {
  result: startVisit(input: $input) { __typename
    ... on ProofOfWorkRequiredError { message challenge } ... on Visit { token }
  }
}`

interface Answer {
  __typename: string
  challenge: Challenge
}

interface From {
  proofOfWork?: string
  address?: string
  workspace?: TestWorkspace
  url?: string
}

async function startVisit(from: From = {}): Promise<Answer> {
  const { proofOfWork, address = '198.51.100.1', workspace = acme, url = app.server.url } = from
  const input = { publicKey: workspace.publicKey, ...(proofOfWork ? { proofOfWork } : {}) }
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'switchboard-visitor-address': address,
      'switchboard-backend-secret': SECRET,
    },
    body: JSON.stringify({ query: START, variables: { input } }),
  })
  return (await response.json()).data.result
}

async function solve({ challenge }: Answer): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey })
  return btoa(JSON.stringify({ challenge, solution }))
}

const VISIT = { __typename: 'Visit' }
const REQUIRED = { __typename: 'ProofOfWorkRequiredError' }

async function useUp(): Promise<Answer> {
  for (let times = 0; times < 2; times++) expect(await startVisit()).toMatchObject(VISIT)
  const refused = await startVisit()
  expect(refused).toMatchObject(REQUIRED)
  return refused
}

const protect = (token: string) =>
  mutate({ mutation: 'updateWorkspace', token, input: { visitProtection: 'PROOF_OF_WORK' }, select: '' })

beforeEach(() => protect(admin.token))

it('beyond a number of visits, each needs a proof of work; from other addresses none', async () => {
  const refused = await useUp()
  expect(await startVisit({ address: '203.0.113.7' })).toMatchObject(VISIT)
  expect(await startVisit({ proofOfWork: await solve(refused) })).toMatchObject(VISIT)
  expect(await startVisit()).toMatchObject(REQUIRED)
  app.clock.advance(5 * MINUTE)
  expect(await startVisit()).toMatchObject(VISIT)
})

it('a solution begins one visit, also if it comes to two nodes at once', async () => {
  const proofOfWork = await solve(await useUp())
  const other = await startSecondNode(app, { budgets, network: { backendSecret: SECRET } })
  const urls = [app.server.url, other.server.url, app.server.url, other.server.url]
  const answers = await Promise.all(urls.map((url) => startVisit({ proofOfWork, url })))
  expect(answers.filter(({ __typename }) => __typename === 'Visit')).toHaveLength(1)
  expect(answers.filter(({ __typename }) => __typename === REQUIRED.__typename)).toHaveLength(3)
})

it('a solution that is wrong, too late or of another workspace is refused with a new challenge', async () => {
  const refused = await useUp()
  const proof = JSON.parse(atob(await solve(refused)))
  const { challenge, solution } = proof
  const easier = { ...challenge, parameters: { ...challenge.parameters, cost: 1 } }
  const wrong = [
    { challenge, solution: { ...solution, counter: solution.counter + 1 } },
    { challenge: easier, solution: await solveChallenge({ challenge: easier, deriveKey }) },
    { challenge: { ...challenge, signature: flipFirst(challenge.signature) }, solution },
    { challenge: {}, solution: {} },
  ]
  for (const each of wrong) {
    const answer = await startVisit({ proofOfWork: btoa(JSON.stringify(each)) })
    expect(answer).toMatchObject(REQUIRED)
    expect(answer.challenge.parameters.nonce).not.toBe(challenge.parameters.nonce)
  }
  expect(await startVisit({ proofOfWork: 'no base64 of JSON' })).toMatchObject(REQUIRED)
  const workspace = await createTestWorkspace(app)
  const proofOfWork = btoa(JSON.stringify(proof))
  expect(await startVisit({ proofOfWork, workspace })).toMatchObject(REQUIRED)
  app.clock.advance(10 * MINUTE)
  expect(await startVisit({ proofOfWork })).toMatchObject(REQUIRED)
  expect(await database.usedProof.count({ where: { workspaceId: acme.workspaceId } })).toBe(0)
})

/** @param hexadecimal digits */
const flipFirst = (hexadecimal: string) => `${hexadecimal[0] === '0' ? '1' : '0'}${hexadecimal.slice(1)}`

it('without protection no visit needs a proof', async () => {
  const workspace = await createTestWorkspace(app)
  for (let times = 0; times < 4; times++) expect(await startVisit({ workspace })).toMatchObject(VISIT)
})
