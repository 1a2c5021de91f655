import { describe, expect, it } from 'vitest'
import { readSourceFiles, type SourceFile } from './source-files.ts'

/** Each layer may import itself and those after it. The last two serve all, and import nothing of ours. */
const LAYERS = ['main', 'app', 'server', 'schema', 'services', 'database', 'config', 'errors']

/** The domains of the services: each may import itself and later ones. The files at the root of src/services (context,
 * transaction, idempotency, input, …) come after all of them. */
const ORDER = [
  'demo',
  'workspaces',
  'agents',
  'teams',
  'privacy',
  'reports',
  'dialogues',
  'assignment',
  'booking',
  'chat',
  'calendars',
  'invitations',
  'notifications',
  'routing',
  'availability',
  'people',
  'attributes',
  'events',
  'presence',
  'budgets',
  'identity',
  'ports',
]

const files = readSourceFiles()
const layerOf = (path: string) => LAYERS.indexOf(path.split(/[/.]/)[0] ?? '')
const offenders = (isOffence: (file: SourceFile) => boolean) =>
  files.filter(isOffence).map(({ path }) => path)

describe('the source', () => {
  it('is found', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(files.find(({ path }) => path === 'app.ts')?.imports).toContain('database/migrate.ts')
  })

  it('has a layer for every file', () => {
    expect(offenders(({ path }) => layerOf(path) < 0)).toEqual([])
  })

  // server builds on app: it is handed the application that app.ts made.
  it('imports only downwards: main, app, server, schema, services, database, config, errors', () => {
    const upwards = files.flatMap(({ path, imports }) =>
      imports
        .filter((imported) => layerOf(imported) < layerOf(path))
        .filter((imported) => !(path.startsWith('server/') && imported === 'app.ts'))
        .map((imported) => `${path} → ${imported}`),
    )
    expect(upwards).toEqual([])
  })

  it('has no import circles, including those of types', () => {
    expect(findCircles(files)).toEqual([])
  })

  it('has only domains whose place in the order is defined', () => {
    const domains = files.flatMap(({ path }) => domainOf(path) ?? [])
    expect([...new Set(domains)].filter((domain) => !ORDER.includes(domain))).toEqual([])
  })

  it('imports only domains that come later in the order', () => {
    expect(againstOrder(files)).toEqual([])
  })

  it('imports no domain but the ports into the files at the root of the services', () => {
    const root = files.filter(({ path }) => /^services\/[^/]+$/.test(path))
    const imports = root.flatMap(({ path, imports }) =>
      imports
        .filter((imported) => ![undefined, 'ports'].includes(domainOf(imported)))
        .map((imported) => `${path} → ${imported}`),
    )
    expect(imports).toEqual([])
  })

  it('keeps GraphQL and sockets out of the services and the database', () => {
    const forbidden = /^(graphql|graphql-yoga|graphql-ws|ws|@pothos\/.*|@graphql-.*)$/
    const isInside = (path: string) => /^(services|database)\//.test(path)
    expect(
      offenders(({ path, packages }) => isInside(path) && packages.some((name) => forbidden.test(name))),
    ).toEqual([])
  })

  it('parses what comes from outside instead of casting it', () => {
    expect(offenders(({ text }) => text.includes('as unknown as'))).toEqual([])
  })

  it('reads the environment in config/ only', () => {
    const isConfig = (path: string) => path.startsWith('config/')
    expect(offenders(({ text, path }) => !isConfig(path) && /process\.env/.test(text))).toEqual([])
  })

  it('knows a provider of calendars in its own folder and in the list of providers only', () => {
    const folders = files.flatMap(
      ({ path }) => /^services\/calendars\/[^/]+\/(?=index\.ts$)/.exec(path) ?? [],
    )
    expect(folders.length).toBeGreaterThan(2)
    const providerOf = (path: string) => folders.find((folder) => path.startsWith(folder))
    const isAllowed = (path: string, imported: string) =>
      path === 'services/calendars/providers.ts' && imported.endsWith('/index.ts')
    const imports = files.flatMap(({ path, imports }) =>
      imports
        .filter((imported) => ![undefined, providerOf(path)].includes(providerOf(imported)))
        .filter((imported) => !isAllowed(path, imported))
        .map((imported) => `${path} → ${imported}`),
    )
    expect(imports).toEqual([])
    const names = folders.map((folder) => folder.split('/')[2]).join('|')
    const asText = new RegExp(`['"\`/](${names})['"\`/]`, 'i')
    const isElsewhere = (path: string) => providerOf(path) === undefined && !path.endsWith('/providers.ts')
    expect(offenders(({ path, text }) => isElsewhere(path) && asText.test(text))).toEqual([])
  })

  it('reads the clock in main.ts only', () => {
    const readsClock = /Date\.now\(\)|new Date\(\)|DateTime\.(now|local|utc)\(\)/
    expect(offenders(({ text, path }) => path !== 'main.ts' && readsClock.test(text))).toEqual([])
  })

  it('keeps effects out of the rules', () => {
    const rules = files.filter(({ path }) => path.endsWith('/rules.ts'))
    expect(rules.length).toBeGreaterThan(1)
    for (const { packages, imports } of rules) {
      expect(packages).toEqual([])
      expect(
        imports.filter((imported) => !/\/rules\.ts$|^services\/(time|zone-offsets)\.ts$/.test(imported)),
      ).toEqual([])
    }
  })
})

/** @returns each circle as the chain of its files */
function findCircles(all: SourceFile[]): string[] {
  const byPath = new Map(all.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (trail.includes(path) || done.has(path)) return
    for (const imported of byPath.get(path) ?? []) visit(imported, [...trail, path])
    done.add(path)
  }
  for (const path of byPath.keys()) visit(path, [])
  return circles
}

/** @returns "booking" for "services/booking/slots/rules.ts"; undefined for a file outside of the domains */
function domainOf(path: string): string | undefined {
  return /^services\/([^/]+)\//.exec(path)?.[1]
}

function againstOrder(all: SourceFile[]): string[] {
  const place = (path: string) => ORDER.indexOf(domainOf(path) ?? '')
  return all.flatMap(({ path, imports }) =>
    imports
      .filter((imported) => place(path) >= 0 && place(imported) >= 0 && place(imported) < place(path))
      .map((imported) => `${path} → ${imported}`),
  )
}
