// The message that the operator reads at the start: the addresses, the demo's identities, and where data is kept.
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Services } from '../services/context.ts'
import { type DemoIdentity, readDemo } from '../services/demo/demo-identities.ts'

export interface Start {
  config: Config
  /** The address that the server listens on. */
  url: string
  /** null: mail goes to an SMTP server. */
  mailFolder: string | null
}

/** @returns lines for a terminal */
export async function describeStart(services: Services, { config, url, mailFolder }: Start): Promise<string> {
  const base = services.settings.publicUrl
  const demo = config.signIn.mode === 'DEMO' ? await readDemo(services) : null
  const places: Record<string, string | null> = {
    Demo: demo && `${base}/demo`,
    GraphiQL: config.graphiql ? `${base}/graphql` : null,
    API: `${base}/graphql`,
    Data: describeData(config),
    Mail: mailFolder === null ? 'is sent to the SMTP server' : `is written to ${resolve(mailFolder)}`,
  }
  const lines = Object.entries(places).flatMap(([name, value]) =>
    value === null ? [] : [`  ${name.padEnd(10)}${value}`],
  )
  const people = demo ? describeIdentities(demo.identities) : await describeMissingWorkspace(services)
  return [
    '',
    `Switchboard is listening on ${url}.`,
    '',
    ...lines,
    ...people,
    '',
    '  Ctrl+C stops it.',
    '',
  ].join('\n')
}

function describeData({ databaseUrl, dataFolder }: Config): string {
  if (databaseUrl !== null) return 'is kept in Postgres'
  return dataFolder === null
    ? 'is kept in memory, and lost when the program stops'
    : `is kept in ${resolve(dataFolder)}; delete the folder to start again with an empty database`
}

function describeIdentities(identities: DemoIdentity[]): string[] {
  const lines = identities.map(
    ({ name, role, token }) => `    ${name.padEnd(16)}${role.toLowerCase().padEnd(15)}${token}`,
  )
  return ['', '  Identities to sign in with, as `Authorization: Bearer TOKEN`:', '', ...lines]
}

async function describeMissingWorkspace({ database }: Services): Promise<string[]> {
  if ((await database.workspace.count()) > 0) return []
  return [
    '',
    '  There is no workspace yet, so no agent can sign in. Set ADMIN_EMAIL to the address of its administrator,',
    '  and start again.',
  ]
}
