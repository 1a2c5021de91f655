// Searches for secrets in all places where somebody could find them.
import { createFaultLog } from '../../src/server/fault-log.ts'
import type { TestApp } from './app.ts'

/** Records every answer of the application from now on, with its headers.
 * @returns the answers, which can be emptied */
export function recordAnswers(app: TestApp): string[] {
  const answers: string[] = []
  const { fetch, execute } = app
  app.fetch = async (...call) => {
    const response = await fetch(...call)
    answers.push(await response.clone().text(), JSON.stringify([...response.headers]))
    return response
  }
  app.execute = async <Data>(...call: Parameters<typeof execute>) => {
    const answer = await execute<Data>(...call)
    answers.push(JSON.stringify(answer))
    return answer
  }
  return answers
}

/** Every row of every table as text, including bytes. */
export async function dump({ app }: TestApp): Promise<string> {
  const { database } = app.services
  const tables = await database.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', table_schema, table_name) AS "name" FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`
  const rows: string[] = []
  for (const { name } of tables) {
    const found = await database.$queryRawUnsafe<{ row: string }[]>(
      `SELECT row_to_json(t)::text AS "row" FROM ${name} t`,
    )
    rows.push(...found.map(({ row }) => `${name} ${row}`))
  }
  return rows.join('\n')
}

/** The faults as the operator would read them, and whatever else they contain. */
export function logged({ clock, faults }: TestApp): string {
  const lines: string[] = []
  const write = createFaultLog({ clock, write: (line) => void lines.push(line) })
  for (const error of faults) write({ error })
  return lines.join('') + faults.map((fault) => JSON.stringify(fault)).join('')
}

/** Searches for the secrets in clear, as hex, as base64 and percent-encoded.
 * @returns each place together with the form that it contains */
export function findAll(places: Record<string, string>, secrets: (string | Uint8Array)[]): string[] {
  const formsOf = (secret: string | Uint8Array) => {
    const bytes = Buffer.from(secret as string)
    const encoded = [
      bytes.toString('hex'),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
    ]
    return new Set(typeof secret === 'string' ? [secret, encodeURIComponent(secret), ...encoded] : encoded)
  }
  const forms = secrets.flatMap((secret) => [...formsOf(secret)])
  return Object.entries(places).flatMap(([place, content]) => {
    const folded = content.toLowerCase()
    return forms.filter((form) => folded.includes(form.toLowerCase())).map((form) => `${place}: ${form}`)
  })
}
