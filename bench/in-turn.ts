// Measures several pieces of work in turn, so that other work on the machine disturbs all of them alike.

/** Rounds before the measured ones. After five, Postgres may keep a generic plan of a prepared statement. */
const WARM_UP = 8
const MAX_ROUNDS = 300
const MAX_MS = 15_000

/** @returns the times of each piece of work in milliseconds, ascending */
export async function measureInTurn(works: (() => Promise<unknown>)[]): Promise<number[][]> {
  const times: number[][] = works.map(() => [])
  for (let round = 0; round < WARM_UP; round++) for (const work of works) await work()
  const begin = performance.now()
  for (let round = 0; round < MAX_ROUNDS && performance.now() - begin < MAX_MS; round++) {
    for (const [index, work] of works.entries()) {
      const start = performance.now()
      await work()
      times[index]?.push(performance.now() - start)
    }
  }
  return times.map((ofWork) => ofWork.sort((one, other) => one - other))
}

export function percentile(ascending: number[], percent: number): number {
  return ascending[Math.ceil((ascending.length * percent) / 100) - 1] ?? 0
}

/** Creates a client that keeps its connection open, and returns the whole text of each response. */
export function createClient(url: string, token: string): (body: object) => Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return async (body) => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok || text.includes('"errors"')) throw new Error(text)
    return text
  }
}
