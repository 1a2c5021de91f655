// Runs what docs/dialogues.md shows to staff, as it stands there, in the demo's workspace.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { seedDemo } from '../../src/services/demo/seed-demo.ts'
import { data, startAppForTest } from '../kit/app.ts'
import { readDemo } from '../kit/demo.ts'

it('the examples of docs/dialogues.md write a dialogue, publish it, and move it', async () => {
  const app = await startAppForTest()
  await seedDemo(app.app.services)
  const docs = await readFile(join(import.meta.dirname, '../../docs/dialogues.md'), 'utf8')
  const examples = [...docs.matchAll(/```graphql\n(.*?)```/gs)].map(([, text = '']) => text)
  expect(examples).toHaveLength(4)
  const [save = '', publish = '', read = '', move = ''] = examples
  const { identities } = await readDemo(app)
  const run = <Result>(query: string, variables: Record<string, unknown> = {}) =>
    data<Record<string, Result>>(app.execute(query, { variables, token: identities[0]?.token ?? '' }))

  const { saveDialogue: saved } = await run<{ id: string; version: number }>(save)
  expect(saved).toEqual({ id: expect.any(String), version: 1, problems: [] })
  const { id: dialogueId, version } = saved ?? { id: '', version: 0 }
  expect(await run(publish, { dialogueId, version })).toMatchObject({
    publishDialogue: { state: 'PUBLISHED', publishedVersion: 1 },
  })
  const { node } = await run<{ name: string; export: object }>(read, { id: dialogueId })
  expect(node).toMatchObject({ name: 'Prices', export: { name: 'Prices' } })
  const { importDialogue: moved } = await run<{ id: string }>(move, { dialogue: node?.export })
  expect(moved).toEqual({ id: expect.any(String), problems: [] })
  expect(moved?.id).not.toBe(dialogueId)
})
