// What an operation costs, to clients that ask for it.
import { describe, expect, it } from 'vitest'
import { TEST_LIMITS } from '../kit/app.ts'
import { addressOf, post } from '../kit/http.ts'
import { useScene } from '../kit/scene.ts'

const { app, admin } = useScene({}, { once: true })
const maximum = TEST_LIMITS.maxCost

const AGENTS = `query Agents($first: Int) { agents(first: $first) { nodes { name } } }
  query Viewer { viewer { ...Kind } } fragment Kind on Viewer { __typename }`
const FAILING = `{ nodes(ids: [${'"a" '.repeat(101)}]) { id } }`
const MEETINGS = `{ meetings(first: 100) { nodes { agent { meetings(first: 100) { nodes { id } } } } } }`

const answerTo = async (body: object) => (await post(app, { body, token: admin.token })).json()
const ask = { extensions: { cost: true } }

describe('the cost of an operation', () => {
  it('is in the answer if the request asks for it, with the limit', async () => {
    const call = { query: AGENTS, operationName: 'Agents', variables: { first: 50 } }
    expect((await answerTo({ ...call, ...ask })).extensions).toEqual({ cost: { requested: 101, maximum } })
    for (const extensions of [undefined, null, {}, { cost: false }, { cost: 'yes' }]) {
      expect(await answerTo({ ...call, extensions })).not.toHaveProperty('extensions')
    }
  })

  it('is that of the operation that is executed, also in the address of a GET', async () => {
    const address = addressOf({ query: AGENTS, operationName: 'Viewer', ...ask })
    const answer = await app.fetch(address, { headers: { authorization: `Bearer ${admin.token}` } })
    expect(await answer.json()).toEqual({
      data: { viewer: { __typename: 'Agent' } },
      extensions: { cost: { requested: 2, maximum } },
    })
  })

  it('is in the answer to a mutation, and beside an error of a field', async () => {
    const rename = 'mutation { updateAgent(input: { name: "Ada" }) { __typename } }'
    expect((await answerTo({ query: rename, ...ask })).extensions.cost.requested).toBe(2)
    const failing = await answerTo({ query: FAILING, ...ask })
    expect(failing).toMatchObject({
      errors: [{ extensions: { code: 'INVALID_INPUT' } }],
      extensions: { cost: { maximum } },
    })
  })

  it('is in the error of an operation that costs too much, asked or not', async () => {
    const { errors } = await answerTo({ query: MEETINGS })
    const { code, cost } = errors[0].extensions
    expect({ code, maximum: cost.maximum }).toEqual({ code: 'QUERY_TOO_COSTLY', maximum })
    expect(cost.requested).toBeGreaterThan(10_000)
    expect((await answerTo({ query: MEETINGS, ...ask })).extensions).toEqual({ cost })
  })

  it('is missing where arguments are refused, on which it depends', async () => {
    const page = await answerTo({ query: '{ agents(first: -1) { nodes { id } } }', ...ask })
    expect(Object.keys(page)).toEqual(['errors'])
    const refused = await answerTo({
      query: AGENTS,
      operationName: 'Agents',
      variables: { first: 'x' },
      ...ask,
    })
    expect(refused).toEqual({ errors: [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })] })
    expect(app.faults).toEqual([])
  })
})
