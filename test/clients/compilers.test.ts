// Compilers, generators and linters read the schema, and the operations in `generated` and `operations`.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { validate } from '@graphql-inspector/core'
import { Source } from 'graphql'
import { readDemo, send } from './product.ts'
import { sampleInput } from './sample-input.ts'
import { mutationNames, schema } from './schema.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')
const run = promisify(execFile)

/** Runs a program of the packages.
 * @throws Error with what it printed if it fails */
async function runTool(name: string, args: string[] = [], cwd = HERE): Promise<void> {
  try {
    await run(join(HERE, 'node_modules/.bin', name), args, { cwd })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${name} failed:\n${stdout}\n${stderr}`)
  }
}

const sourcesIn = (folder: string) =>
  readdirSync(join(HERE, folder)).map(
    (file) => new Source(readFileSync(join(HERE, folder, file), 'utf8'), file),
  )

describe('the schema', { concurrency: 2 }, () => {
  it('compiles with relay-compiler, with an operation for each mutation, and the product accepts each text', async () => {
    await runTool('relay-compiler')
    const texts: string[] = Object.values(
      JSON.parse(readFileSync(join(HERE, 'generated/relay-texts.json'), 'utf8')),
    )
    assert.equal(texts.length, mutationNames.length)
    const administrator = (await readDemo()).identities.find(({ role }) => role === 'ADMINISTRATOR')
    for (const text of texts) {
      const [, mutation = ''] = /^mutation (\w+)Mutation\(/m.exec(text) ?? []
      const { errors } = await send(text, {
        token: administrator?.token ?? '',
        variables: { input: sampleInput(mutation) },
      })
      assert.deepEqual(errors ?? [], [], mutation)
    }
  })

  it('compiles with graphql-codegen and gql.tada to types that TypeScript accepts', async () => {
    await Promise.all([runTool('graphql-codegen'), runTool('gql-tada', ['generate-output'])])
    await runTool('tsc')
  })

  it('validates with graphql-inspector', () => {
    const sources = [
      ...sourcesIn('generated/documents'),
      ...sourcesIn('generated/docs'),
      ...sourcesIn('operations'),
    ]
    assert.deepEqual(validate(schema, sources), [])
  })

  it('follows the rules of graphql-eslint, and so do the documented operations', async () => {
    await runTool(
      'eslint',
      ['--config', 'test/clients/eslint.config.js', 'schema.graphql', 'test/clients'],
      ROOT,
    )
  })
})
