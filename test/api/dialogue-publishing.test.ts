// Publishing dialogues: versions, problems, flows, and what goes with it.
import { decodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import type { Definition } from '../../src/services/dialogues/definition/compiled.ts'
import { defining } from '../kit/attributes.ts'
import {
  A_DIALOGUE,
  callOnDialogue,
  publishDialogue,
  readDialogue,
  saveDialogue,
} from '../kit/dialogue-editing.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, attributes, database } = useScene({
  ada: anAgent,
  attributes: defining({ 'COMPANY.industry': 'TEXT', 'PERSON.plan': 'TEXT', 'PERSON.shoeSize': 'INTEGER' }),
})

const PROBLEMS = '... on DialogueProblemsError { problems { code cardKey path message } }'
const publish = (input: object, token = admin.token) =>
  callOnDialogue(app, 'publishDialogue', {
    input,
    token,
    select: `... on Dialogue { id version publishedVersion state } ${PROBLEMS}`,
  })
const unpublish = (dialogueId: string, token = admin.token) =>
  callOnDialogue(app, 'unpublishDialogue', { input: { dialogueId }, token })
const remove = (dialogueId: string, token = admin.token) =>
  callOnDialogue(app, 'deleteDialogue', {
    input: { dialogueId },
    token,
    select: '... on DeletedDialogue { dialogueId }',
  })

const uuidOf = (id: string) => decodeGlobalID(id).id
const revision = async () =>
  (await database.workspace.findUniqueOrThrow({ where: { id: acme.workspaceId } })).dialogueRevision
/** What visitors get. */
async function definitionOf(id: string): Promise<Definition> {
  const { publishedVersion } = await database.dialogue.findUniqueOrThrow({
    where: { id: uuidOf(id) },
    include: { publishedVersion: true },
  })
  return publishedVersion?.definition as unknown as Definition
}
const textOf = ({ cards }: Definition) => cards.map((card) => ('text' in card ? card.text : ''))

const message = (text: string, fields: object = {}) => ({ message: { key: 'hello', text, ...fields } })

describe('publishDialogue', () => {
  it('publishes the draft, and each later one as a new version', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    const before = await revision()
    const first = await publishDialogue(app, admin.token, dialogueId)
    expect(first).toMatchObject({ publishedVersion: 1, state: 'PUBLISHED', version: 1 })
    expect(first.publishedAt).toBe(app.clock.now().toISOString())
    const changed = await saveDialogue(app, admin.token, {
      dialogueId,
      version: 1,
      cards: [message('Changed')],
    })
    expect(changed).toMatchObject({ publishedVersion: 1, state: 'PUBLISHED', version: 2 })
    expect(textOf(await definitionOf(dialogueId))).toEqual(['Hello!'])
    expect(await publishDialogue(app, admin.token, dialogueId)).toMatchObject({ publishedVersion: 2 })
    expect(textOf(await definitionOf(dialogueId))).toEqual(['Changed'])
    expect(await revision()).toBe(before + 2)
  })

  it('makes no new version of a draft that is as it was published', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    await publishDialogue(app, admin.token, dialogueId)
    const before = await revision()
    expect(await publishDialogue(app, admin.token, dialogueId)).toMatchObject({ publishedVersion: 1 })
    await saveDialogue(app, admin.token, { dialogueId, version: 1 })
    expect(await publishDialogue(app, admin.token, dialogueId)).toMatchObject({
      publishedVersion: 1,
      version: 2,
    })
    expect(await revision()).toBe(before)
    await unpublish(dialogueId)
    expect(await publishDialogue(app, admin.token, dialogueId)).toMatchObject({ publishedVersion: 1 })
    await saveDialogue(app, admin.token, { dialogueId, version: 2, name: 'Other' })
    expect(await publishDialogue(app, admin.token, dialogueId)).toMatchObject({ publishedVersion: 2 })
    await saveDialogue(app, admin.token, { dialogueId, version: 3 })
    expect(await publishDialogue(app, admin.token, dialogueId)).toMatchObject({ publishedVersion: 3 })
  })

  it('refuses a draft with problems, and names all of them', async () => {
    const meeting = { key: 'meet', text: 'When?', routing: { rules: true } }
    const { id: dialogueId } = await saveDialogue(app, admin.token, {
      targetUrls: [],
      cards: [message('Hi {{x}}', { next: 'nowhere' }), { meeting }],
    })
    const refused = await publish({ dialogueId })
    expect(refused).toMatchObject({
      __typename: 'DialogueProblemsError',
      message: '5 problems keep the dialogue from being published.',
      problems: [
        { code: 'NO_TARGET', cardKey: null, path: ['targetUrls'] },
        { code: 'UNKNOWN_NEXT', cardKey: 'hello', path: ['cards', '0', 'message', 'next'] },
        { code: 'MALFORMED_TOKEN', cardKey: 'hello', path: ['cards', '0', 'message', 'text'] },
        { code: 'RULES_NOT_AVAILABLE', cardKey: 'meet' },
        { code: 'UNREACHABLE_CARD', cardKey: 'meet' },
      ],
    })
    expect(await database.dialogueVersion.count({ where: { dialogueId: uuidOf(dialogueId) } })).toBe(0)
    expect(await readDialogue(app, admin.token, dialogueId)).toMatchObject({ state: 'DRAFT' })
  })

  it('keeps what is published if a later draft has problems', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    await publishDialogue(app, admin.token, dialogueId)
    await saveDialogue(app, admin.token, { dialogueId, version: 1, cards: [] })
    expect(await publish({ dialogueId })).toMatchObject({ problems: [{ code: 'NO_CARDS' }] })
    expect(textOf(await definitionOf(dialogueId))).toEqual(['Hello!'])
  })

  it('publishes the draft that the client has seen', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    await saveDialogue(app, admin.token, { dialogueId, version: 1, name: 'By Beth' })
    expect(await publish({ dialogueId, version: 1 })).toMatchObject({ reason: 'VERSION_CHANGED' })
    expect(await publish({ dialogueId, version: 2 })).toMatchObject({ publishedVersion: 1 })
  })

  it('embeds the attributes as they are', async () => {
    const action = { key: 'note', attributeId: attributes['COMPANY.industry'], value: 'Rail' }
    const { id } = await saveDialogue(app, admin.token, { cards: [{ action }] })
    await publishDialogue(app, admin.token, id)
    expect((await definitionOf(id)).cards).toEqual([
      {
        kind: 'ACTION',
        key: 'note',
        next: null,
        value: 'Rail',
        attribute: {
          id: uuidOf(action.attributeId),
          entity: 'COMPANY',
          name: 'industry',
          type: 'TEXT',
          values: [],
        },
      },
    ])
  })

  it('requires PUBLISH_DIALOGUES', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    await database.role.updateMany({
      where: { workspaceId: acme.workspaceId, name: 'Agent' },
      data: { permissions: ['MANAGE_DIALOGUES', 'VIEW_DIALOGUES'] },
    })
    const refused = { __typename: 'ForbiddenError', permission: 'PUBLISH_DIALOGUES' }
    expect(await publish({ dialogueId }, ada.token)).toMatchObject(refused)
    await publishDialogue(app, admin.token, dialogueId)
    expect(await unpublish(dialogueId, ada.token)).toMatchObject(refused)
    expect(await remove(dialogueId, ada.token)).toMatchObject(refused)
    await unpublish(dialogueId)
    expect(await remove(dialogueId, ada.token)).toMatchObject({ dialogueId })
  })
})

describe('unpublishDialogue', () => {
  it('takes the dialogue off the website, and has no effect on one that is not there', async () => {
    const { id } = await saveDialogue(app, admin.token)
    expect(await unpublish(id)).toMatchObject({ state: 'DRAFT' })
    await publishDialogue(app, admin.token, id)
    const before = await revision()
    const gone = { state: 'UNPUBLISHED', publishedVersion: null, publishedAt: null }
    expect(await unpublish(id)).toMatchObject(gone)
    expect(await unpublish(id)).toMatchObject(gone)
    expect(await revision()).toBe(before + 1)
  })
})

describe('deleteDialogue', () => {
  it('leaves nothing that staff can read or change', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    await publishDialogue(app, admin.token, dialogueId)
    const before = await revision()
    expect(await remove(dialogueId)).toMatchObject({ __typename: 'DeletedDialogue', dialogueId })
    expect(await revision()).toBe(before + 1)
    expect(await readDialogue(app, admin.token, dialogueId)).toBeNull()
    const missing = { __typename: 'NotFoundError', path: ['input', 'dialogueId'], missingId: dialogueId }
    expect(await remove(dialogueId)).toMatchObject(missing)
    expect(await publish({ dialogueId })).toMatchObject(missing)
    expect(await unpublish(dialogueId)).toMatchObject(missing)
    const save = { ...A_DIALOGUE, dialogueId, version: 1 }
    expect(await callOnDialogue(app, 'saveDialogue', { input: save, token: admin.token })).toMatchObject(
      missing,
    )
    expect(
      await callOnDialogue(app, 'duplicateDialogue', { input: { dialogueId }, token: admin.token }),
    ).toMatchObject(missing)
    expect(await database.dialogueVersion.count({ where: { dialogueId: uuidOf(dialogueId) } })).toBe(1)
  })

  it('answers a retry of what came before it like a call of its own', async () => {
    const input = { ...A_DIALOGUE, idempotencyKey: 'one' }
    const { id } = await callOnDialogue(app, 'saveDialogue', { input, token: admin.token })
    await remove(id)
    const again = await callOnDialogue(app, 'saveDialogue', { input, token: admin.token })
    expect(again).toMatchObject({ __typename: 'NotFoundError' })
  })
})
