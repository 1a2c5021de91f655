import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSourceFiles, type SourceFile } from './source-files.ts'

const emulators = readSourceFiles(join(import.meta.dirname, '../emulators'))

/** Imports that lead out of the folder. */
const leavingFolder = (files: SourceFile[]) =>
  files.flatMap(({ path, imports }) =>
    imports.filter((imported) => imported.startsWith('..')).map((imported) => `${path} → ${imported}`),
  )

describe('the emulators', () => {
  it('are found', () => {
    expect(emulators.length).toBeGreaterThan(20)
    expect(emulators.find(({ path }) => path === 'google/server.ts')?.imports).toContain('http-server.ts')
  })

  // What both sides shared, both could get wrong in the same way.
  it('use nothing of the program, nor of its tests', () => {
    expect(leavingFolder(emulators)).toEqual([])
  })
})

describe('the program', () => {
  it('uses nothing of the tests', () => {
    const imports = leavingFolder(readSourceFiles())
    expect(imports.filter((line) => line.includes('→ ../test/'))).toEqual([])
  })
})
