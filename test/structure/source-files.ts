// Reads the source files of a folder, src by default, with their imports.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface SourceFile {
  /** Relative to the folder, for example "services/booking/slots/rules.ts". */
  path: string
  text: string
  /** The imported source files, relative to the folder. */
  imports: string[]
  /** The imported packages and node: modules. */
  packages: string[]
}

const SOURCE = join(import.meta.dirname, '../../src')

/** @param folder an absolute path; src when omitted */
export function readSourceFiles(folder = SOURCE): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('database/generated'))
    .map((path) => readSourceFile(folder, path))
}

function readSourceFile(folder: string, path: string): SourceFile {
  const text = readFileSync(join(folder, path), 'utf8')
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
  const isOwn = (specifier: string) => specifier.startsWith('.')
  return {
    path,
    text,
    imports: specifiers
      .filter(isOwn)
      .map((specifier) => relative(folder, join(folder, dirname(path), specifier)))
      .filter((imported) => !imported.startsWith('database/generated')),
    packages: specifiers.filter((specifier) => !isOwn(specifier)),
  }
}
