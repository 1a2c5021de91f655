import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSourceFiles, type SourceFile } from './source-files.ts'

const emulators = readSourceFiles(join(import.meta.dirname, '../emulators'))

/** Imports of files outside of the folder. */
const leavingFolder = (files: SourceFile[]) =>
  files.flatMap(({ path, imports }) =>
    imports.filter((imported) => imported.startsWith('..')).map((imported) => `${path} → ${imported}`),
  )

describe('the emulators', () => {
  it('are found', () => {
    expect(emulators.length).toBeGreaterThan(20)
    expect(emulators.find(({ path }) => path === 'google/server.ts')?.imports).toContain('http-server.ts')
  })

  // Shared code would let the program and the emulators make the same mistake unnoticed.
  it('import nothing from the program or its tests', () => {
    expect(leavingFolder(emulators)).toEqual([])
  })
})

describe('the program', () => {
  it('imports nothing from the tests', () => {
    const imports = leavingFolder(readSourceFiles())
    expect(imports.filter((line) => line.includes('→ ../test/'))).toEqual([])
  })
})
