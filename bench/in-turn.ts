// Pieces of work measured in turn, so that what disturbs the machine disturbs all of them.

/** Rounds before the measured ones; after five, Postgres keeps the plan of a prepared statement. */
const WARM_UP = 8
const MOST_ROUNDS = 300
const MOST_MS = 15_000

/** @returns for each piece of work its times in milliseconds, ascending */
export async function measureInTurn(works: (() => Promise<unknown>)[]): Promise<number[][]> {
  const times: number[][] = works.map(() => [])
  for (let round = 0; round < WARM_UP; round++) for (const work of works) await work()
  const begin = performance.now()
  for (let round = 0; round < MOST_ROUNDS && performance.now() - begin < MOST_MS; round++) {
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

/** A client that keeps its connection. It answers the text, read to its end. */
export function createClient(url: string, token: string): (body: object) => Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return async (body) => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok || text.includes('"errors"')) throw new Error(text)
    return text
  }
}
