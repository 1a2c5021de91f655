// `npm run package` makes the package that is deployed (docs/operations.md): the program with the generated client of the
// database, and the versions of its dependencies, without anything that only development needs. The package is made in a
// folder of its own, because npm counts what an optional peer dependency names, such as `prisma`, as needed by the program.
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const CONTENT = [
  ...['src', 'docs', 'prisma/migrations', 'prisma/schema.prisma', 'schema.graphql'],
  ...['scripts/rotate-secrets.ts', 'scripts/workspace.ts'],
  ...['ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md'],
]
/** What can be run without development dependencies. */
const SCRIPTS = ['start', 'rotate-secrets', 'workspace']

interface Manifest {
  scripts: Record<string, string>
  devDependencies?: object
}

interface Lock {
  packages: Record<string, { dev?: boolean; devOptional?: boolean; devDependencies?: object }>
}

const destination = resolve(process.argv[2] ?? '.')
const folder = await mkdtemp(join(tmpdir(), 'switchboard-package-'))
try {
  for (const path of CONTENT) await cp(join(ROOT, path), join(folder, path), { recursive: true })
  await writeJson('package.json', withoutDevelopment(await readJson<Manifest>('package.json')))
  await writeJson('npm-shrinkwrap.json', onlyNeeded(await readJson<Lock>('package-lock.json')))
  const file = execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], { cwd: folder })
  console.log(join(destination, String(file).trim()))
} finally {
  await rm(folder, { recursive: true })
}

async function readJson<Content>(name: string): Promise<Content> {
  return JSON.parse(await readFile(join(ROOT, name), 'utf8'))
}

function writeJson(name: string, content: object): Promise<void> {
  return writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`)
}

function withoutDevelopment({ devDependencies: _, scripts, ...manifest }: Manifest) {
  const kept = Object.entries(scripts).filter(([name]) => SCRIPTS.includes(name))
  return { ...manifest, scripts: Object.fromEntries(kept) }
}

function onlyNeeded(lock: Lock): Lock {
  const needed = Object.entries(lock.packages).filter(([, { dev, devOptional }]) => !dev && !devOptional)
  const { devDependencies: _, ...root } = lock.packages[''] ?? {}
  return { ...lock, packages: { ...Object.fromEntries(needed), '': root } }
}
