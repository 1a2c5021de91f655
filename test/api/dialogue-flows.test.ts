// Flows in dialogues, and attributes that dialogues use.
import { decodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import type { Definition } from '../../src/services/dialogues/definition/compiled.ts'
import { defining } from '../kit/attributes.ts'
import {
  callOnDialogue,
  publishDialogue,
  publishFlow,
  readDialogue,
  saveDialogue,
} from '../kit/dialogue-editing.ts'
import { mutate } from '../kit/mutate.ts'
import { useScene } from '../kit/scene.ts'

const { app, admin, attributes, database } = useScene({
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
const deleteAttribute = (attributeId: string) =>
  mutate(app, {
    mutation: 'deleteAttribute',
    input: { attributeId },
    token: admin.token,
    select: '... on DeletedAttribute { attributeId } ... on AttributeInUseError { uses { kind name } }',
  })

const uuidOf = (id: string) => decodeGlobalID(id).id
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

const FLOW = { kind: 'FLOW', targetUrls: null }

describe('a flow in a dialogue', () => {
  const withFlow = (flowId: string) => ({
    cards: [{ flow: { key: 'f', flowId, next: 'hello' } }, message('Bye')],
  })

  it('stays as it was when the dialogue was published', async () => {
    const flow = await publishFlow(app, admin.token, { cards: [message('First')] })
    const { id } = await saveDialogue(app, admin.token, withFlow(flow.id))
    await publishDialogue(app, admin.token, id)
    await saveDialogue(app, admin.token, {
      ...FLOW,
      dialogueId: flow.id,
      version: 1,
      cards: [message('Second')],
    })
    await publishDialogue(app, admin.token, flow.id)
    await unpublish(flow.id)
    expect(textOf(await definitionOf(id))).toEqual(['First', 'Bye'])
    expect((await definitionOf(id)).cards.map(({ key }) => key)).toEqual(['f/hello', 'hello'])
    expect(await readDialogue(app, admin.token, id)).toMatchObject({
      problems: [{ code: 'FLOW_NOT_PUBLISHED', cardKey: 'f' }],
    })
    await publishDialogue(app, admin.token, flow.id)
    expect(await publishDialogue(app, admin.token, id)).toMatchObject({ publishedVersion: 2 })
    expect(textOf(await definitionOf(id))).toEqual(['Second', 'Bye'])
    await remove(flow.id)
    expect(await readDialogue(app, admin.token, id)).toMatchObject({
      cards: [{ flow: null }, {}],
      problems: [{ code: 'FLOW_DELETED', cardKey: 'f' }],
    })
    expect(textOf(await definitionOf(id))).toEqual(['Second', 'Bye'])
  })

  it('does not contain itself, also through another flow', async () => {
    const one = await publishFlow(app, admin.token, { name: 'One' })
    const ask = { question: { key: 'ask', text: 'Which?', answers: [{ key: 'a', label: 'A', next: 'f' }] } }
    const with1 = await publishFlow(app, admin.token, {
      name: 'Two',
      cards: [ask, { flow: { key: 'f', flowId: one.id } }],
    })
    const inItself = [{ code: 'FLOW_IN_ITSELF', cardKey: 'f' }]
    for (const flowId of [one.id, with1.id]) {
      const { version } = (await readDialogue(app, admin.token, one.id)) as { version: number }
      const fields = {
        ...FLOW,
        name: 'One',
        dialogueId: one.id,
        version,
        cards: [ask, { flow: { key: 'f', flowId } }],
      }
      expect(await saveDialogue(app, admin.token, fields)).toMatchObject({ problems: inItself })
      expect(await publish({ dialogueId: one.id })).toMatchObject({ problems: inItself })
    }
  })

  it('is counted before its cards are taken in', async () => {
    const ask = (key: string) => ({
      question: { key, text: 'Which?', answers: [{ key: 'a', label: 'A' }] },
    })
    const chain = (count: number, card: (key: string) => { [kind: string]: object }) =>
      Array.from({ length: count }, (_, index) => {
        const next = index === count - 1 ? null : `k${index + 1}`
        const entries = Object.entries(card(`k${index}`)).map(([kind, fields]) => [kind, { ...fields, next }])
        return Object.fromEntries(entries)
      })
    const small = await publishFlow(app, admin.token, { name: 'Small', cards: chain(499, ask) })
    const inFlow = (flowId: string) => (key: string) => ({ flow: { key, flowId } })
    const large = await publishFlow(app, admin.token, { name: 'Large', cards: chain(4, inFlow(small.id)) })
    const { id: dialogueId, problems } = await saveDialogue(app, admin.token, {
      cards: chain(500, inFlow(large.id)),
    })
    const tooLarge = [{ code: 'TOO_LARGE', cardKey: null, path: ['cards'] }]
    expect(problems).toEqual(tooLarge)
    expect(await publish({ dialogueId })).toMatchObject({ problems: tooLarge })
  })

  it('has a live chat only if no card follows', async () => {
    const liveChat = { key: 'chat', text: 'One moment.', routing: { roundRobin: true } }
    const flow = await publishFlow(app, admin.token, { cards: [{ liveChat }] })
    const { id: dialogueId, problems } = await saveDialogue(app, admin.token, withFlow(flow.id))
    expect(problems).toMatchObject([
      { code: 'LIVE_CHAT_IN_FLOW', cardKey: 'f', path: ['cards', '0', 'flow', 'next'] },
      { code: 'UNREACHABLE_CARD', cardKey: 'hello' },
    ])
    await saveDialogue(app, admin.token, {
      dialogueId,
      version: 1,
      cards: [{ flow: { key: 'f', flowId: flow.id } }],
    })
    await publishDialogue(app, admin.token, dialogueId)
  })
})

describe('an attribute that a dialogue uses', () => {
  const inUse = { __typename: 'AttributeInUseError', uses: [{ kind: 'DIALOGUE', name: 'Welcome' }] }

  it('cannot be deleted as long as the draft or what is published has it', async () => {
    const shoeSize = attributes['PERSON.shoeSize']
    const plan = attributes['PERSON.plan']
    const audience = { match: 'ALL', conditions: [{ attributeId: shoeSize, operator: 'IS_EMPTY' }] }
    const { id: dialogueId } = await saveDialogue(app, admin.token, {
      audience,
      cards: [message('{{lead.plan}}')],
    })
    expect(await deleteAttribute(shoeSize)).toMatchObject(inUse)
    expect(await deleteAttribute(plan)).toMatchObject(inUse)
    await publishDialogue(app, admin.token, dialogueId)
    await saveDialogue(app, admin.token, { dialogueId, version: 1 })
    expect(await deleteAttribute(shoeSize)).toMatchObject(inUse)
    await publishDialogue(app, admin.token, dialogueId)
    expect(await deleteAttribute(shoeSize)).toMatchObject({ attributeId: shoeSize })
    const cards = [message('{{lead.plan}}')]
    await saveDialogue(app, admin.token, { dialogueId, version: 2, cards })
    await publishDialogue(app, admin.token, dialogueId)
    await saveDialogue(app, admin.token, { dialogueId, version: 3 })
    await unpublish(dialogueId)
    expect(await deleteAttribute(plan)).toMatchObject({ attributeId: plan })
  })

  it('can be deleted once the dialogue is', async () => {
    const cards = [{ action: { key: 'a', attributeId: attributes['COMPANY.industry'], value: 'Rail' } }]
    const { id } = await saveDialogue(app, admin.token, { cards })
    await publishDialogue(app, admin.token, id)
    expect(await deleteAttribute(attributes['COMPANY.industry'])).toMatchObject(inUse)
    await remove(id)
    expect(await deleteAttribute(attributes['COMPANY.industry'])).toMatchObject({
      __typename: 'DeletedAttribute',
    })
  })

  it('is used by the dialogues that were published with a flow', async () => {
    const cards = [{ action: { key: 'a', attributeId: attributes['COMPANY.industry'], value: 'Rail' } }]
    const flow = await publishFlow(app, admin.token, { cards })
    const { id } = await saveDialogue(app, admin.token, { cards: [{ flow: { key: 'f', flowId: flow.id } }] })
    await publishDialogue(app, admin.token, id)
    await remove(flow.id)
    expect(await deleteAttribute(attributes['COMPANY.industry'])).toMatchObject(inUse)
  })
})
