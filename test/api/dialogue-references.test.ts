// What dialogues name by id, and how large they may be.
import { describe, expect, it } from 'vitest'
import { MAX_DRAFT_BYTES } from '../../src/services/dialogues/definition/limits.ts'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { defineAttributes, defining } from '../kit/attributes.ts'
import { A_DIALOGUE, A_FLOW, callOnDialogue, publishFlow, saveDialogue } from '../kit/dialogue-editing.ts'
import { mutate } from '../kit/mutate.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const { app, admin, ada, attributes } = useScene({
  ada: anAgent,
  attributes: defining({ 'PERSON.plan': 'TEXT' }),
})

const save = (input: object) =>
  callOnDialogue(app, 'saveDialogue', { input: { ...A_DIALOGUE, ...input }, token: admin.token })

const message = (fields: object = {}) => ({ message: { key: 'a', text: 'Hello!', ...fields } })
const question = (fields: object = {}) => ({
  question: { key: 'a', text: 'Which?', answers: [{ key: 'x', label: 'X' }], ...fields },
})
const roundRobin = { roundRobin: true }
const all = (...conditions: object[]) => ({ match: 'ALL', conditions })

describe('saveDialogue finds nothing', () => {
  it('behind ids of nothing, or of another workspace', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const hank = await createTestAgent(app, globex, 'Hank Scorpio')
    const team = await mutate(app, {
      mutation: 'saveTeam',
      input: { name: 'Sales', agentIds: [] },
      token: globex.admin.token,
      select: '... on Team { id }',
    })
    const foreign = await defineAttributes(app, globex, { 'PERSON.plan': 'TEXT' })
    const flow = await publishFlow(app, globex.admin.token)
    const own = await saveDialogue(app, admin.token, { name: 'No flow' })
    const attributeId = foreign['PERSON.plan']
    const meeting = (fields: object) => ({ meeting: { key: 'a', text: 'A', routing: roundRobin, ...fields } })
    const places: [string, string, object][] = [
      ['meeting.routing.agentId', hank.id, meeting({ routing: { agentId: hank.id } })],
      ['meeting.routing.agentId', team.id, meeting({ routing: { agentId: team.id } })],
      ['meeting.agentNameToId', attributeId, meeting({ agentNameToId: attributeId })],
      [
        'liveChat.routing.teamId',
        team.id,
        { liveChat: { key: 'a', text: 'A', routing: { teamId: team.id } } },
      ],
      ['question.attributeId', attributeId, question({ attributeId })],
      ['capture.attributeId', 'x', { capture: { key: 'a', text: 'A', attributeId: 'x' } }],
      ['action.attributeId', attributeId, { action: { key: 'a', attributeId, value: 'A' } }],
      ['flow.flowId', flow.id, { flow: { key: 'a', flowId: flow.id } }],
      ['flow.flowId', own.id, { flow: { key: 'a', flowId: own.id } }],
    ]
    for (const [place, missingId, card] of places) {
      expect(await save({ cards: [message({ key: 'first' }), card] })).toMatchObject({
        __typename: 'NotFoundError',
        path: ['input', 'cards', '1', ...place.split('.')],
        missingId,
      })
    }
    const conditions = all(
      { attributeId: attributes['PERSON.plan'], operator: 'IS_EMPTY' },
      { attributeId, operator: 'IS_EMPTY' },
    )
    expect(await save({ audience: { match: 'ALL', groups: [conditions] } })).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'audience', 'groups', '0', 'conditions', '1', 'attributeId'],
      missingId: attributeId,
    })
  })

  it('behind the id of a deleted flow, and keeps that of a removed agent, which is a problem', async () => {
    const flow = await publishFlow(app, admin.token, A_FLOW)
    const meeting = { key: 'a', text: 'A', routing: { agentId: ada.id }, next: 'b' }
    const cards = [{ meeting }, { flow: { key: 'b', flowId: flow.id } }]
    const { id: dialogueId } = await saveDialogue(app, admin.token, { cards })
    await callOnDialogue(app, 'deleteDialogue', {
      input: { dialogueId: flow.id },
      token: admin.token,
      select: '',
    })
    await mutate(app, { mutation: 'removeAgent', input: { agentId: ada.id }, token: admin.token, select: '' })
    expect(await save({ dialogueId, version: 1, cards })).toMatchObject({ __typename: 'NotFoundError' })
    const saved = await saveDialogue(app, admin.token, { dialogueId, version: 1, cards: [{ meeting }] })
    expect(saved).toMatchObject({
      cards: [{ routing: { agent: { name: 'Ada Lovelace' } } }],
      problems: [{ code: 'UNKNOWN_NEXT' }, { code: 'AGENT_REMOVED', cardKey: 'a' }],
    })
  })
})

describe('saveDialogue refuses', () => {
  it('501 cards, and takes 500', async () => {
    const cards = (count: number) =>
      Array.from({ length: count }, (_, index) => message({ key: `m${index}` }))
    const answer = await save({ cards: cards(501) })
    expect(answer.issues).toMatchObject([{ path: ['input', 'cards'], code: 'TOO_MANY', limit: 500 }])
    expect((await saveDialogue(app, admin.token, { cards: cards(500) })).cards).toHaveLength(500)
  })

  it('257 KiB, and takes 256', async () => {
    const cardsOf = (bytes: number) => {
      const cards = Array.from({ length: 100 }, (_, index) => message({ key: `m${index}`, text: 'x' }))
      const texts = cards.map(({ message }) => ({ kind: 'MESSAGE', ...message, next: null }))
      const draft = {
        audience: { match: 'ALL', conditions: [], groups: [] },
        targetUrls: A_DIALOGUE.targetUrls,
        excludedUrls: [],
        trigger: null,
        cards: texts,
      }
      const missing = bytes - JSON.stringify(draft).length
      return cards.map(({ message }, index) => {
        const length = Math.floor(missing / 100) + (index < missing % 100 ? 1 : 0)
        return { message: { ...message, text: 'x'.repeat(1 + length) } }
      })
    }
    const answer = await save({ cards: cardsOf(MAX_DRAFT_BYTES + 1) })
    expect(answer.issues).toMatchObject([
      { path: ['input', 'cards'], code: 'TOO_LONG', limit: MAX_DRAFT_BYTES },
    ])
    expect((await saveDialogue(app, admin.token, { cards: cardsOf(MAX_DRAFT_BYTES) })).cards).toHaveLength(
      100,
    )
  })
})
