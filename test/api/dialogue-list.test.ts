// The list of dialogues, and copies of them.
import { describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { countStatements } from '../kit/count-statements.ts'
import {
  A_DIALOGUE,
  CARDS,
  callOnDialogue,
  publishFlow,
  readDialogue,
  saveDialogue,
} from '../kit/dialogue-editing.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, database } = useScene({ ada: anAgent })

const save = (input: object, token = admin.token) => callOnDialogue(app, 'saveDialogue', { input, token })

describe('duplicateDialogue', () => {
  const duplicate = (input: object) => callOnDialogue(app, 'duplicateDialogue', { input, token: admin.token })

  it('makes a draft of a draft, also of one with problems', async () => {
    const cards = [{ message: { key: 'a', text: 'Hi {{lead.email}}', next: 'nowhere' } }]
    const { id: dialogueId } = await saveDialogue(app, admin.token, {
      cards,
      priority: 5,
      description: 'A note',
    })
    const copy = await duplicate({ dialogueId })
    expect(copy).toMatchObject({
      name: 'Copy of Welcome',
      description: 'A note',
      priority: 5,
      state: 'DRAFT',
      version: 1,
      cards: [{ key: 'a', text: 'Hi {{lead.email}}' }],
      problems: [{ code: 'UNKNOWN_NEXT' }],
    })
    expect(copy.id).not.toBe(dialogueId)
    const uses = await database.attributeUse.count({ where: { workspaceId: acme.workspaceId } })
    expect(uses).toBe(2)
  })

  it('gives the copy a name, once for a key', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token, { name: 'x'.repeat(100) })
    const input = { dialogueId, name: 'Other', idempotencyKey: 'one' }
    const copy = await duplicate(input)
    expect(copy.name).toBe('Other')
    expect((await duplicate(input)).id).toBe(copy.id)
    const long = await duplicate({ dialogueId })
    expect(long.name).toMatch(/^Copy of x+…$/)
    expect(long.name).toHaveLength(100)
  })
})

describe('the list of dialogues', () => {
  const list = async (variables: Record<string, unknown>, token = admin.token) => {
    const query = `query ($first: Int, $after: String, $state: DialogueState, $kind: DialogueKind, $search: String) {
      dialogues(first: $first, after: $after, state: $state, kind: $kind, search: $search) {
        totalCount nodes { name } pageInfo { endCursor hasNextPage }
      }
    }`
    const { dialogues } = await data<{
      dialogues: {
        totalCount: number
        nodes: { name: string }[]
        pageInfo: { endCursor: string; hasNextPage: boolean }
      }
    }>(app.execute(query, { variables, token }))
    return { ...dialogues, names: dialogues.nodes.map(({ name }) => name) }
  }

  it('has pages, the newest first, and finds by state, kind and words', async () => {
    for (const name of ['Alpha', 'Beta_1', 'Gamma']) {
      await saveDialogue(app, admin.token, { name, description: `The ${name} one` })
    }
    await publishFlow(app, admin.token, { name: 'Delta' })
    const { id: dialogueId } = await publishFlow(app, admin.token, { name: 'Epsilon' })
    await callOnDialogue(app, 'unpublishDialogue', { input: { dialogueId }, token: admin.token })
    const first = await list({ first: 2 })
    expect(first).toMatchObject({
      totalCount: 5,
      names: ['Epsilon', 'Delta'],
      pageInfo: { hasNextPage: true },
    })
    expect((await list({ first: 2, after: first.pageInfo.endCursor })).names).toEqual(['Gamma', 'Beta_1'])
    expect((await list({ state: 'DRAFT' })).names).toEqual(['Gamma', 'Beta_1', 'Alpha'])
    expect((await list({ state: 'PUBLISHED' })).names).toEqual(['Delta'])
    expect((await list({ state: 'UNPUBLISHED' })).names).toEqual(['Epsilon'])
    expect((await list({ kind: 'FLOW' })).names).toEqual(['Epsilon', 'Delta'])
    expect((await list({ search: 'one ALPHA' })).names).toEqual(['Alpha'])
    expect((await list({ search: '_' })).names).toEqual(['Beta_1'])
  })

  it('has none of another workspace, nor by id', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const { id } = await saveDialogue(app, admin.token)
    expect((await list({}, globex.admin.token)).names).toEqual([])
    expect(await readDialogue(app, globex.admin.token, id)).toBeNull()
    const input = { ...A_DIALOGUE, dialogueId: id, version: 1 }
    expect(await save(input, globex.admin.token)).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'dialogueId'],
      missingId: id,
    })
  })

  it('requires VIEW_DIALOGUES', async () => {
    const { id } = await saveDialogue(app, admin.token)
    await database.role.updateMany({
      where: { workspaceId: acme.workspaceId, name: 'Agent' },
      data: { permissions: ['VIEW_ROUTING'] },
    })
    const { errors } = await app.execute('{ dialogues { nodes { id } } }', { token: ada.token })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    expect(await readDialogue(app, ada.token, id)).toBeNull()
  })

  it('takes as many statements for many dialogues as for one, with all that they name', async () => {
    const teamRouting = { agentId: ada.id }
    const flow = await publishFlow(app, admin.token)
    const cards = [
      { meeting: { key: 'a', text: 'When?', routing: teamRouting, next: 'f' } },
      { flow: { key: 'f', flowId: flow.id } },
    ]
    const read = () =>
      countStatements(async () => {
        const query = `{ dialogues { nodes { name state publishedVersion export problems { code } ${CARDS} } } }`
        await data(app.execute(query, { token: admin.token }))
      })
    await saveDialogue(app, admin.token, { cards })
    const few = await read()
    for (const name of ['B', 'C', 'D']) await saveDialogue(app, admin.token, { name, cards })
    expect(await read()).toBe(few)
  })
})
