// Dialogues: what staff saves of them, and reads again.
import { describe, expect, it } from 'vitest'
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
import { anAgent, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, attributes, database } = useScene({
  ada: anAgent,
  attributes: defining({
    'COMPANY.industry': 'TEXT',
    'PERSON.plan': { type: 'PICKLIST', values: ['Small', 'Large'] },
    'PERSON.seats': 'INTEGER',
    'PERSON.soldBy': 'TEXT',
  }),
})

const save = (input: object, token = admin.token) => callOnDialogue(app, 'saveDialogue', { input, token })

async function createTeam(): Promise<string> {
  const input = { name: 'Sales', agentIds: [ada.id] }
  return (
    await mutate(app, { mutation: 'saveTeam', input, token: admin.token, select: '... on Team { id }' })
  ).id
}

describe('saveDialogue', () => {
  it('creates a draft, which has everything that was saved', async () => {
    const teamId = await createTeam()
    const flow = await publishFlow(app, admin.token)
    const condition = {
      attributeId: attributes['COMPANY.industry'],
      operator: 'IN',
      values: [' Shipping ', 'Rail'],
    }
    const saved = await saveDialogue(app, admin.token, {
      name: ' Welcome ',
      description: 'For everybody',
      priority: 7,
      audience: {
        match: 'ANY',
        conditions: [condition],
        groups: [
          {
            match: 'ALL',
            conditions: [
              { attributeId: attributes['PERSON.seats'], operator: 'GREATER_THAN', values: ['+250'] },
            ],
          },
        ],
      },
      targetUrls: [' https://www.acme.test/pricing/* ', 'https://*.acme.test'],
      excludedUrls: ['https://www.acme.test/jobs/*'],
      trigger: { timeOnPageSeconds: 30, scrollPercent: 50 },
      cards: [
        { message: { key: 'hello', text: 'Hi <b>{{lead.firstName:"there"}}</b>!', next: 'which' } },
        {
          question: {
            key: 'which',
            text: 'Which plan?',
            attributeId: attributes['PERSON.plan'],
            answers: [
              { key: 'small', label: 'The small one', value: 'small', next: 'capture' },
              { key: 'large', label: 'Large' },
            ],
            next: 'meet',
          },
        },
        {
          capture: {
            key: 'capture',
            text: 'How many?',
            attributeId: attributes['PERSON.seats'],
            placeholder: '250',
            whenKnown: 'SKIP',
            next: 'who',
          },
        },
        {
          branch: {
            key: 'who',
            branches: [
              { key: 'rail', conditions: { match: 'ALL', conditions: [condition] }, next: 'chat' },
              { key: 'now', liveAgentAvailable: true, next: 'chat' },
            ],
            next: 'flow',
          },
        },
        {
          meeting: {
            key: 'meet',
            text: 'When?',
            routing: { teamId },
            agentNameToId: attributes['PERSON.soldBy'],
            next: 'goal',
          },
        },
        { liveChat: { key: 'chat', text: 'One moment.', routing: { agentId: ada.id } } },
        { goal: { key: 'goal', goal: 'Booked', score: 3, next: 'paper' } },
        { document: { key: 'paper', name: 'Prices', url: 'https://www.acme.test/prices.pdf', next: 'note' } },
        { action: { key: 'note', attributeId: attributes['COMPANY.industry'], value: '{{company.name}}' } },
        { flow: { key: 'flow', flowId: flow.id, next: 'note' } },
      ],
    })
    const routing = { agent: null, team: null, roundRobin: false, rules: false }
    const industry = { attribute: { name: 'industry' }, operator: 'IN', values: ['Shipping', 'Rail'] }
    expect(saved).toMatchObject({
      name: 'Welcome',
      description: 'For everybody',
      kind: 'DIALOGUE',
      priority: 7,
      state: 'DRAFT',
      version: 1,
      publishedVersion: null,
      publishedAt: null,
      audience: {
        match: 'ANY',
        conditions: [industry],
        groups: [
          { match: 'ALL', conditions: [{ attribute: { name: 'seats' }, values: ['250'] }], groups: [] },
        ],
      },
      targetUrls: ['https://www.acme.test/pricing/*', 'https://*.acme.test'],
      excludedUrls: ['https://www.acme.test/jobs/*'],
      trigger: { timeOnPageSeconds: 30, timeOnSiteSeconds: null, scrollPercent: 50 },
      cards: [
        {
          __typename: 'MessageCard',
          key: 'hello',
          next: 'which',
          text: 'Hi <b>{{lead.firstName:"there"}}</b>!',
        },
        {
          __typename: 'QuestionCard',
          attribute: { name: 'plan' },
          answers: [
            { key: 'small', label: 'The small one', value: 'small', next: 'capture' },
            { key: 'large', label: 'Large', value: 'Large', next: null },
          ],
        },
        { __typename: 'CaptureCard', attribute: { name: 'seats' }, placeholder: '250', whenKnown: 'SKIP' },
        {
          __typename: 'BranchCard',
          next: 'flow',
          branches: [
            {
              key: 'rail',
              conditions: { match: 'ALL', conditions: [industry] },
              liveAgentAvailable: null,
              next: 'chat',
            },
            { key: 'now', conditions: null, liveAgentAvailable: true, next: 'chat' },
          ],
        },
        {
          __typename: 'MeetingCard',
          routing: { ...routing, team: { name: 'Sales' } },
          agentNameTo: { name: 'soldBy' },
          agentEmailTo: null,
        },
        { __typename: 'LiveChatCard', next: null, routing: { ...routing, agent: { name: 'Ada Lovelace' } } },
        { __typename: 'GoalCard', goal: 'Booked', score: 3 },
        { __typename: 'DocumentCard', name: 'Prices', url: 'https://www.acme.test/prices.pdf' },
        { __typename: 'ActionCard', attribute: { name: 'industry' }, value: '{{company.name}}' },
        { __typename: 'FlowCard', flow: { name: 'Questions' } },
      ],
      problems: [],
    })
    const { __typename, ...fields } = saved
    expect(await readDialogue(app, admin.token, saved.id)).toEqual(fields)
    expect((await publishDialogue(app, admin.token, saved.id)).publishedVersion).toBe(1)
  })

  it('saves what is not complete, and lists the problems with card and place', async () => {
    const saved = await saveDialogue(app, admin.token, {
      targetUrls: null,
      cards: [
        { message: { key: 'a', text: 'Hi {{lead.shoeSize}}', next: 'nowhere' } },
        { meeting: { key: 'b', text: 'When?', routing: { rules: true } } },
      ],
    })
    expect(saved.problems).toEqual([
      { code: 'NO_TARGET', cardKey: null, path: ['targetUrls'] },
      { code: 'UNKNOWN_NEXT', cardKey: 'a', path: ['cards', '0', 'message', 'next'] },
      { code: 'UNKNOWN_TOKEN', cardKey: 'a', path: ['cards', '0', 'message', 'text'] },
      { code: 'RULES_NOT_AVAILABLE', cardKey: 'b', path: ['cards', '1', 'meeting', 'routing'] },
      { code: 'UNREACHABLE_CARD', cardKey: 'b', path: ['cards', '1', 'meeting', 'key'] },
    ])
    expect((await saveDialogue(app, admin.token, { cards: [] })).problems).toMatchObject([
      { code: 'NO_CARDS' },
    ])
  })

  it('replaces the draft whose version it names as a whole, except the priority', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token, {
      priority: 3,
      description: 'Old',
      excludedUrls: ['https://www.acme.test/jobs'],
      trigger: { scrollPercent: 50 },
      audience: {
        match: 'ALL',
        conditions: [{ attributeId: attributes['PERSON.plan'], operator: 'IS_EMPTY' }],
      },
    })
    const replaced = await saveDialogue(app, admin.token, { dialogueId, version: 1, name: 'Other' })
    expect(replaced).toMatchObject({
      id: dialogueId,
      version: 2,
      name: 'Other',
      priority: 3,
      description: null,
      excludedUrls: [],
      trigger: null,
      audience: { match: 'ALL', conditions: [], groups: [] },
    })
  })

  it('refuses a draft that was saved since, and one that names no version', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    await saveDialogue(app, admin.token, { dialogueId, version: 1, name: 'By Beth' })
    const input = { ...A_DIALOGUE, dialogueId, name: 'By Ada' }
    expect(await save({ ...input, version: 1 })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'VERSION_CHANGED',
    })
    expect(await save(input)).toMatchObject({ issues: [{ path: ['input', 'version'], code: 'REQUIRED' }] })
    expect(await readDialogue(app, admin.token, dialogueId)).toMatchObject({ name: 'By Beth', version: 2 })
  })

  it('saves a draft only once for a key', async () => {
    const input = { ...A_DIALOGUE, idempotencyKey: 'one' }
    const first = await save(input)
    expect(await save(input)).toMatchObject({ id: first.id, version: 1 })
    const again = { ...A_DIALOGUE, dialogueId: first.id, version: 1, idempotencyKey: 'two' }
    await save(again)
    expect(await save(again)).toMatchObject({ id: first.id, version: 2 })
    expect(await save({ ...input, name: 'Other' })).toMatchObject({ reason: 'KEY_REUSED' })
    expect(await database.dialogue.count({ where: { workspaceId: acme.workspaceId } })).toBe(1)
  })

  it('keeps the kind of a dialogue', async () => {
    const { id: dialogueId } = await saveDialogue(app, admin.token)
    const { targetUrls: _, ...flow } = { ...A_DIALOGUE, kind: 'FLOW' }
    expect(await save({ ...flow, dialogueId, version: 1 })).toMatchObject({
      issues: [{ path: ['input', 'kind'], code: 'NOT_ALLOWED' }],
    })
  })

  it('requires MANAGE_DIALOGUES', async () => {
    const refused = { __typename: 'ForbiddenError', permission: 'MANAGE_DIALOGUES' }
    expect(await save(A_DIALOGUE, ada.token)).toMatchObject(refused)
  })
})
