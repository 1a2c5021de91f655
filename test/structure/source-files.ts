// The source files with what each imports.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface SourceFile {
  /** Relative to src, for example "services/booking/rules.ts". */
  path: string
  text: string
  /** Other source files, relative to src. */
  imports: string[]
  /** Packages and node: modules. */
  packages: string[]
}

const SOURCE = join(import.meta.dirname, '../../src')

export function readSourceFiles(): SourceFile[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('database/generated'))
    .map(readSourceFile)
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(SOURCE, path), 'utf8')
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
  const isOwn = (specifier: string) => specifier.startsWith('.')
  return {
    path,
    text,
    imports: specifiers
      .filter(isOwn)
      .map((specifier) => relative(SOURCE, join(SOURCE, dirname(path), specifier)))
      .filter((imported) => !imported.startsWith('database/generated')),
    packages: specifiers.filter((specifier) => !isOwn(specifier)),
  }
}
