// Dialogues as files: exported here, imported here or in another workspace.
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { defineAttributes } from '../kit/attributes.ts'
import {
  callOnDialogue,
  type Dialogue,
  exportDialogue,
  publishFlow,
  readDialogue,
  saveDialogue,
} from '../kit/dialogue-editing.ts'
import { mutate } from '../kit/mutate.ts'
import { useScene } from '../kit/scene.ts'

const { app, acme, admin, database } = useScene({})

const exportOf = (dialogue: { id: string }, token = admin.token) => exportDialogue(app, token, dialogue)
const importFile = (dialogue: object, token = admin.token, idempotencyKey: string | null = null) =>
  callOnDialogue(app, 'importDialogue', { input: { dialogue, idempotencyKey }, token })

/** What a dialogue of everything names, by the same names in every workspace. */
async function furnish(workspace: TestWorkspace, email: string) {
  const { admin } = workspace
  const agent = await createTestAgent(app, workspace)
  await database.agent.update({ where: { id: agent.agentId }, data: { email } })
  const input = { name: 'Sales', agentIds: [agent.id] }
  const team = await mutate(app, {
    mutation: 'saveTeam',
    input,
    token: admin.token,
    select: '... on Team { id }',
  })
  const attributes = await defineAttributes(app, workspace, {
    'PERSON.soldBy': 'TEXT',
    'COMPANY.industry': 'TEXT',
  })
  const flow = await publishFlow(app, admin.token)
  return { agent, team, attributes, flow }
}

const EMAIL = 'ada@engines.example'

async function saveEverything(): Promise<Dialogue> {
  const { agent, team, attributes, flow } = await furnish(acme, EMAIL)
  const conditions = [{ attributeId: attributes['COMPANY.industry'], operator: 'IS', values: ['Rail'] }]
  const group = { match: 'ALL', groups: [{ match: 'ANY', conditions }] }
  return saveDialogue(app, admin.token, {
    description: 'A note',
    priority: 4,
    audience: group,
    excludedUrls: ['https://www.acme.test/jobs/*'],
    trigger: { scrollPercent: 20 },
    cards: [
      { message: { key: 'hello', text: 'Hi <b>{{lead.firstName}}</b>', next: 'which' } },
      {
        question: {
          key: 'which',
          text: 'Which?',
          attributeId: attributes['COMPANY.industry'],
          answers: [{ key: 'a', label: 'A', next: 'branch' }],
          next: 'meet',
        },
      },
      { branch: { key: 'branch', branches: [{ key: 'b', conditions: group, next: 'chat' }], next: 'flow' } },
      {
        meeting: {
          key: 'meet',
          text: 'When?',
          routing: { teamId: team.id },
          agentNameToId: attributes['PERSON.soldBy'],
          agentEmailToId: attributes['PERSON.soldBy'],
        },
      },
      { liveChat: { key: 'chat', text: 'Wait.', routing: { agentId: agent.id } } },
      { flow: { key: 'flow', flowId: flow.id, next: 'meet' } },
    ],
  })
}

describe('an exported dialogue', () => {
  it('names what it uses by names that people know', async () => {
    const file = await exportOf(await saveEverything())
    const conditions = [{ attribute: 'company.industry', operator: 'IS', values: ['Rail'] }]
    const group = { match: 'ALL', conditions: [], groups: [{ match: 'ANY', conditions, groups: [] }] }
    expect(file).toMatchObject({
      format: 'switchboard-dialogue/1',
      name: 'Welcome',
      kind: 'DIALOGUE',
      priority: 4,
      audience: group,
      trigger: { timeOnPageSeconds: null, timeOnSiteSeconds: null, scrollPercent: 20 },
      cards: [
        { message: { key: 'hello', next: 'which' } },
        { question: { attribute: 'company.industry' } },
        { branch: { branches: [{ conditions: group }] } },
        {
          meeting: {
            routing: { team: 'Sales' },
            agentNameTo: 'person.soldBy',
            agentEmailTo: 'person.soldBy',
          },
        },
        { liveChat: { routing: { agent: EMAIL } } },
        { flow: { key: 'flow', flow: 'Questions', next: 'meet' } },
      ],
    })
    expect(JSON.stringify(file)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|Id"/)
  })

  it('is the same dialogue when it is imported, here and elsewhere', async () => {
    const original = await saveEverything()
    const file = await exportOf(original)
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    await furnish(globex, EMAIL)
    for (const { token } of [admin, globex.admin]) {
      const imported = await importFile(file, token)
      const { id, updatedAt, ...same } = original
      expect(imported).toMatchObject({ ...same, state: 'DRAFT', version: 1 })
      expect(imported.id).not.toBe(id)
      expect(await exportOf(imported, token)).toEqual(file)
      expect(await readDialogue(app, token, imported.id)).toMatchObject({ problems: [] })
    }
  })

  it('is imported only once for a key', async () => {
    const file = await exportOf(await saveDialogue(app, admin.token))
    const { id } = await importFile(file, admin.token, 'one')
    expect((await importFile(file, admin.token, 'one')).id).toBe(id)
    expect(await importFile({ ...file, name: 'Other' }, admin.token, 'one')).toMatchObject({
      reason: 'KEY_REUSED',
    })
  })

  it('is refused where its names are unknown, with the place of each', async () => {
    const file = await exportOf(await saveEverything())
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const answer = await importFile(file, globex.admin.token)
    expect(answer.issues.map(({ path, code }) => [path.join('.'), code])).toEqual([
      ['input.dialogue.audience.groups.0.conditions.0.attribute', 'UNKNOWN'],
      ['input.dialogue.cards.1.question.attribute', 'UNKNOWN'],
      ['input.dialogue.cards.2.branch.branches.0.conditions.groups.0.conditions.0.attribute', 'UNKNOWN'],
      ['input.dialogue.cards.3.meeting.routing.team', 'UNKNOWN'],
      ['input.dialogue.cards.3.meeting.agentNameTo', 'UNKNOWN'],
      ['input.dialogue.cards.3.meeting.agentEmailTo', 'UNKNOWN'],
      ['input.dialogue.cards.4.liveChat.routing.agent', 'UNKNOWN'],
      ['input.dialogue.cards.5.flow.flow', 'UNKNOWN'],
    ])
  })
})
