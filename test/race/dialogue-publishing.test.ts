// Dialogues are saved, published and deleted by several at once.
import { expect, it } from 'vitest'
import { defining } from '../kit/attributes.ts'
import {
  A_DIALOGUE,
  callOnDialogue,
  publishDialogue,
  publishFlow,
  readDialogue,
  saveDialogue,
} from '../kit/dialogue-editing.ts'
import { mutate } from '../kit/mutate.ts'
import { useScene } from '../kit/scene.ts'

const { app, acme, admin, attributes, database } = useScene({
  attributes: defining({ 'COMPANY.industry': 'TEXT' }),
})

const call = (mutation: string, input: object, select?: string) =>
  callOnDialogue(app, mutation, { input, token: admin.token, ...(select === undefined ? {} : { select }) })
const versions = () =>
  database.dialogueVersion.findMany({ where: { workspaceId: acme.workspaceId }, orderBy: { number: 'asc' } })
const times = <Value>(count: number, work: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

it('publishes of one draft at once make one version', async () => {
  const { id: dialogueId } = await saveDialogue(app, admin.token)
  const published = await times(8, () => publishDialogue(app, admin.token, dialogueId))
  expect(new Set(published.map(({ publishedVersion }) => publishedVersion))).toEqual(new Set([1]))
  expect(await versions()).toHaveLength(1)
})

it('of saves of one draft at once, one is done', async () => {
  const { id: dialogueId } = await saveDialogue(app, admin.token)
  const input = { ...A_DIALOGUE, dialogueId, version: 1 }
  const answers = await times(8, (index) => call('saveDialogue', { ...input, name: `Name ${index}` }))
  const saved = answers.filter(({ __typename }) => __typename === 'Dialogue')
  expect(saved).toHaveLength(1)
  expect(new Set(answers.flatMap(({ reason }) => reason ?? []))).toEqual(new Set(['VERSION_CHANGED']))
  expect(await readDialogue(app, admin.token, dialogueId)).toMatchObject({ version: 2, name: saved[0]?.name })
})

it('saves with one key at once make one dialogue', async () => {
  const answers = await times(8, () => call('saveDialogue', { ...A_DIALOGUE, idempotencyKey: 'one' }))
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
  expect(await database.dialogue.count({ where: { workspaceId: acme.workspaceId } })).toBe(1)
})

it('saves and publishes of dialogues and their flows in any order end without a deadlock, and with versions that differ', async () => {
  const flow = await publishFlow(app, admin.token)
  const cards = [{ flow: { key: 'f', flowId: flow.id } }]
  const { id } = await saveDialogue(app, admin.token, { cards })
  const save = async (dialogueId: string, fields: object) => {
    const { version } = (await readDialogue(app, admin.token, dialogueId)) ?? { version: 1 }
    return call('saveDialogue', { ...fields, dialogueId, version })
  }
  const question = (label: string) => ({
    question: { key: 'ask', text: 'Which?', answers: [{ key: 'a', label }] },
  })
  const answers = await times(
    24,
    (index) =>
      [
        () => save(flow.id, { name: 'Questions', kind: 'FLOW', cards: [question(`${index}`)] }),
        () => call('publishDialogue', { dialogueId: flow.id }),
        () => save(id, { ...A_DIALOGUE, name: `Name ${index}`, cards }),
        () => call('publishDialogue', { dialogueId: id }),
      ][index % 4]?.() ?? Promise.reject(),
  )
  const types = new Set(answers.map(({ __typename }) => __typename))
  expect([...types].filter((type) => type !== 'Dialogue' && type !== 'ConflictError')).toEqual([])
  const hashes = (await versions()).map(({ dialogueId, number, hash }) => ({
    dialogueId,
    number,
    hash: Buffer.from(hash).toString('hex'),
  }))
  for (const { dialogueId, number, hash } of hashes) {
    const next = hashes.find((other) => other.dialogueId === dialogueId && other.number === number + 1)
    expect(next?.hash).not.toBe(hash)
  }
  expect(app.faults).toEqual([])
})

it('two flows that are published with each other at once do not contain themselves', async () => {
  const [one, two] = [
    await publishFlow(app, admin.token, { name: 'One' }),
    await publishFlow(app, admin.token, { name: 'Two' }),
  ]
  const include = (flowId: string, other: string) =>
    saveDialogue(app, admin.token, {
      name: 'Flow',
      kind: 'FLOW',
      targetUrls: null,
      dialogueId: flowId,
      version: 1,
      cards: [{ flow: { key: 'f', flowId: other } }],
    })
  await include(one.id, two.id)
  await include(two.id, one.id)
  const answers = await Promise.all(
    [one.id, two.id].map((dialogueId) => call('publishDialogue', { dialogueId })),
  )
  expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['Dialogue', 'DialogueProblemsError'])
})

it('an attribute is deleted, or used by the dialogue that is saved at once', async () => {
  const attributeId = attributes['COMPANY.industry']
  const [saved, deleted] = await Promise.all([
    call('saveDialogue', { ...A_DIALOGUE, cards: [{ action: { key: 'a', attributeId, value: 'Rail' } }] }),
    mutate(app, { mutation: 'deleteAttribute', input: { attributeId }, token: admin.token, select: '' }),
  ])
  const outcome = [saved.__typename, deleted.__typename]
  expect([
    ['Dialogue', 'AttributeInUseError'],
    ['NotFoundError', 'DeletedAttribute'],
  ]).toContainEqual(outcome)
})

it('a dialogue that is published and deleted at once is deleted', async () => {
  const { id: dialogueId } = await saveDialogue(app, admin.token)
  const [published, deleted] = await Promise.all([
    call('publishDialogue', { dialogueId }),
    call('deleteDialogue', { dialogueId }, ''),
  ])
  expect(deleted.__typename).toBe('DeletedDialogue')
  expect(['Dialogue', 'NotFoundError']).toContain(published.__typename)
  expect(await readDialogue(app, admin.token, dialogueId)).toBeNull()
})
