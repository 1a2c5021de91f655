import { describe, expect, it } from 'vitest'
import { readSourceFiles, type SourceFile } from './source-files.ts'

/** Each layer may import itself and those after it; errors.ts and config.ts (types and limits) serve all. */
const LAYERS = ['main', 'app', 'server', 'schema', 'services', 'database']
const SHARED = ['errors.ts', 'config.ts']

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
    expect(offenders(({ path }) => !SHARED.includes(path) && layerOf(path) < 0)).toEqual([])
  })

  // server builds on app: it is handed the application that app.ts made.
  it('imports only downwards: main, app, server, schema, services, database', () => {
    const upwards = files.flatMap(({ path, imports }) =>
      imports
        .filter((imported) => !SHARED.includes(path) && !SHARED.includes(imported))
        .filter((imported) => layerOf(imported) < layerOf(path))
        .filter((imported) => !(path.startsWith('server/') && imported === 'app.ts'))
        .map((imported) => `${path} → ${imported}`),
    )
    expect(upwards).toEqual([])
  })

  it('has no cycles but those of types', () => {
    expect(findCycles(files)).toEqual([])
  })

  it('keeps GraphQL and sockets out of the services and the database', () => {
    const forbidden = /^(graphql|graphql-yoga|graphql-ws|ws|@pothos\/.*|@graphql-.*)$/
    const isInside = (path: string) => /^(services|database)\//.test(path)
    expect(
      offenders(({ path, packages }) => isInside(path) && packages.some((name) => forbidden.test(name))),
    ).toEqual([])
  })

  it('reads the environment in config.ts only', () => {
    expect(offenders(({ text, path }) => path !== 'config.ts' && /process\.env/.test(text))).toEqual([])
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
      expect(imports.filter((imported) => !/rules\.ts$|zone-offsets\.ts$/.test(imported))).toEqual([])
    }
  })
})

/** Cycles of imports that remain when those of types only are left out. */
function findCycles(all: SourceFile[]): string[] {
  const byPath = new Map(all.map((file) => [file.path, valueImports(file)]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (trail.includes(path) || done.has(path)) return
    for (const imported of byPath.get(path) ?? []) visit(imported, [...trail, path])
    done.add(path)
  }
  for (const path of byPath.keys()) visit(path, [])
  return cycles
}

function valueImports({ text, imports }: SourceFile): string[] {
  return imports.filter((imported) => {
    const name = imported.split('/').at(-1) ?? ''
    const statements = [...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+'[^']+'|^import\s+'[^']+'/gm)]
    const ofThis = statements
      .map(([statement]) => statement)
      .filter((statement) => statement.endsWith(`/${name}'`))
    return ofThis.some(
      (statement) => !statement.startsWith('import type') && !statement.startsWith('export type'),
    )
  })
}
