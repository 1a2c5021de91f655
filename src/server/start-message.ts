// What whoever starts the program reads: where to go, whom to be, and where things are kept.
import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { Services } from '../services/context.ts'
import { type DemoIdentity, readDemo } from '../services/demo/demo-identities.ts'

export interface Start {
  config: Config
  /** Where the server listens. */
  url: string
  /** null: mail is sent. */
  mailFolder: string | null
}

/** @returns lines for a terminal */
export async function describeStart(services: Services, { config, url, mailFolder }: Start): Promise<string> {
  const base = config.publicUrl ?? url
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
    ? 'is kept in memory, and gone with the end'
    : `is kept in ${resolve(dataFolder)}; without the folder the next start begins afresh`
}

function describeIdentities(identities: DemoIdentity[]): string[] {
  const lines = identities.map(
    ({ name, role, token }) => `    ${name.padEnd(16)}${role.toLowerCase().padEnd(15)}${token}`,
  )
  return ['', '  Whom you can be, with `Authorization: Bearer TOKEN`:', '', ...lines]
}

async function describeMissingWorkspace({ database }: Services): Promise<string[]> {
  if ((await database.workspace.count()) > 0) return []
  return [
    '',
    '  There is no workspace yet, so nobody can sign in. Set ADMIN_EMAIL to the address of its administrator,',
    '  and start again.',
  ]
}
