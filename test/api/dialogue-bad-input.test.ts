// What saving a dialogue refuses, with its card and field.
import { describe, expect, it } from 'vitest'
import { MAX_BRANCHES } from '../../src/services/dialogues/definition/limits.ts'
import { defining } from '../kit/attributes.ts'
import { A_DIALOGUE, callOnDialogue } from '../kit/dialogue-editing.ts'
import { useScene } from '../kit/scene.ts'

const { app, admin, acme, attributes, database } = useScene({
  attributes: defining({
    'PERSON.plan': { type: 'PICKLIST', values: ['Small', 'Large'] },
    'PERSON.seats': 'INTEGER',
  }),
})

const save = (input: object) =>
  callOnDialogue(app, 'saveDialogue', { input: { ...A_DIALOGUE, ...input }, token: admin.token })

/** @returns [place, code] of each fault */
async function faultsOf(input: object): Promise<string[][]> {
  const answer = await save(input)
  expect(answer).toMatchObject({ __typename: 'InvalidInputError' })
  expect(await database.dialogue.count({ where: { workspaceId: acme.workspaceId, name: 'Welcome' } })).toBe(0)
  return answer.issues.map(({ path, code }) => [path.slice(1).join('.'), code])
}

const message = (fields: object = {}) => ({ message: { key: 'a', text: 'Hello!', ...fields } })
const question = (fields: object = {}) => ({
  question: { key: 'a', text: 'Which?', answers: [{ key: 'x', label: 'X' }], ...fields },
})
const roundRobin = { roundRobin: true }
const all = (...conditions: object[]) => ({ match: 'ALL', conditions })

describe('saveDialogue refuses', () => {
  it.each<[string, object, string[][]]>([
    ['no name', { name: ' ' }, [['name', 'REQUIRED']]],
    ['a long name', { name: 'x'.repeat(101) }, [['name', 'TOO_LONG']]],
    ['a priority beyond the bounds', { priority: 0 }, [['priority', 'OUT_OF_RANGE']]],
    ['a target without a scheme', { targetUrls: ['acme.test'] }, [['targetUrls.0', 'INVALID_FORMAT']]],
    [
      'a target that runs code',
      { targetUrls: ['https://acme.test', 'javascript:alert(1)'] },
      [['targetUrls.1', 'INVALID_FORMAT']],
    ],
    ['an exclusion without a host', { excludedUrls: ['https:///a'] }, [['excludedUrls.0', 'INVALID_FORMAT']]],
    [
      'a wildcard within the host',
      { targetUrls: ['https://a.*.test'] },
      [['targetUrls.0', 'INVALID_FORMAT']],
    ],
    ['many targets', { targetUrls: Array(101).fill('https://acme.test') }, [['targetUrls', 'TOO_MANY']]],
    [
      'a trigger beyond the bounds',
      { trigger: { timeOnPageSeconds: 0, scrollPercent: 101 } },
      [
        ['trigger.timeOnPageSeconds', 'OUT_OF_RANGE'],
        ['trigger.scrollPercent', 'OUT_OF_RANGE'],
      ],
    ],
    ['a key twice', { cards: [message(), question()] }, [['cards.1.question.key', 'DUPLICATE']]],
    ['a key with a slash', { cards: [message({ key: 'a/b' })] }, [['cards.0.message.key', 'INVALID_FORMAT']]],
    ['no key', { cards: [message({ key: '' })] }, [['cards.0.message.key', 'INVALID_FORMAT']]],
    ['a long key', { cards: [message({ key: 'x'.repeat(51) })] }, [['cards.0.message.key', 'TOO_LONG']]],
    ['no text', { cards: [message({ text: ' <p> </p><b></b>' })] }, [['cards.0.message.text', 'REQUIRED']]],
    ['a long text', { cards: [message({ text: 'x'.repeat(4001) })] }, [['cards.0.message.text', 'TOO_LONG']]],
    [
      'a control character',
      { cards: [message({ text: 'a\u0007' })] },
      [['cards.0.message.text', 'INVALID_FORMAT']],
    ],
    [
      'a script',
      { cards: [message(), message({ key: 'b', text: '<script>alert(1)</script>' })] },
      [['cards.1.message.text', 'NOT_ALLOWED']],
    ],
    [
      'code in an attribute',
      { cards: [question({ text: '<b onclick="alert(1)">a</b>' })] },
      [['cards.0.question.text', 'NOT_ALLOWED']],
    ],
    [
      'a link that runs code',
      {
        cards: [{ meeting: { key: 'a', text: '<a href="javascript:alert(1)">a</a>', routing: roundRobin } }],
      },
      [['cards.0.meeting.text', 'NOT_ALLOWED']],
    ],
    [
      'a script in the text of a live chat',
      { cards: [{ liveChat: { key: 'a', text: '<script>', routing: roundRobin } }] },
      [['cards.0.liveChat.text', 'NOT_ALLOWED']],
    ],
    [
      'a document that is a script',
      { cards: [{ document: { key: 'a', name: 'A', url: 'javascript:alert(1)' } }] },
      [['cards.0.document.url', 'INVALID_FORMAT']],
    ],
    [
      'a token in a label',
      { cards: [question({ answers: [{ key: 'x', label: '{{lead.firstName}}' }] })] },
      [['cards.0.question.answers.0.label', 'NOT_ALLOWED']],
    ],
    ['no answers', { cards: [question({ answers: [] })] }, [['cards.0.question.answers', 'REQUIRED']]],
    [
      'an answer twice',
      {
        cards: [
          question({
            answers: [
              { key: 'x', label: 'X' },
              { key: 'x', label: 'Y' },
            ],
          }),
        ],
      },
      [['cards.0.question.answers.1.key', 'DUPLICATE']],
    ],
    [
      'many answers',
      {
        cards: [
          question({ answers: Array.from({ length: 51 }, (_, index) => ({ key: `${index}`, label: 'X' })) }),
        ],
      },
      [['cards.0.question.answers', 'TOO_MANY']],
    ],
    [
      'many branches',
      {
        cards: [
          {
            branch: {
              key: 'a',
              branches: Array.from({ length: MAX_BRANCHES + 1 }, (_, index) => ({
                key: `${index}`,
                next: 'a',
              })),
            },
          },
        ],
      },
      [['cards.0.branch.branches', 'TOO_MANY']],
    ],
    [
      'a score beyond the bounds',
      { cards: [{ goal: { key: 'a', goal: 'A', score: 4 } }] },
      [['cards.0.goal.score', 'OUT_OF_RANGE']],
    ],
    [
      'round robin that is false',
      { cards: [{ meeting: { key: 'a', text: 'A', routing: { roundRobin: false } } }] },
      [['cards.0.meeting.routing.roundRobin', 'NOT_ALLOWED']],
    ],
    [
      'rules that are false',
      { cards: [{ meeting: { key: 'a', text: 'A', routing: { rules: false } } }] },
      [['cards.0.meeting.routing.rules', 'NOT_ALLOWED']],
    ],
  ])('%s', async (_what, input, expected) => {
    expect(await faultsOf(input)).toEqual(expected)
  })

  it('every fault at once, each with its card and field', async () => {
    const cards = [message({ text: '' }), question({ answers: [{ key: '', label: '' }] })]
    expect(await faultsOf({ cards })).toEqual([
      ['cards.0.message.text', 'REQUIRED'],
      ['cards.1.question.answers.0.key', 'INVALID_FORMAT'],
      ['cards.1.question.answers.0.label', 'REQUIRED'],
    ])
  })

  it('values and conditions that do not fit their attributes', async () => {
    const plan = attributes['PERSON.plan']
    const seats = attributes['PERSON.seats']
    const answers = [
      { key: 'x', label: 'Small' },
      { key: 'y', label: 'Y', value: 'Huge' },
    ]
    const conditions = all(
      { attributeId: seats, operator: 'CONTAINS', values: ['1'] },
      { attributeId: seats, operator: 'IS', values: ['many'] },
      { attributeId: plan, operator: 'IS' },
      { attributeId: plan, operator: 'IS_EMPTY', values: ['Small'] },
    )
    const branch = { key: 'c', branches: [{ key: 'b', conditions, next: 'c' }] }
    const action = { key: 'd', attributeId: seats, value: '12.5' }
    const cards = [question({ attributeId: plan, answers }), { branch }, { action }]
    const at = 'cards.1.branch.branches.0.conditions.conditions'
    expect(await faultsOf({ audience: conditions, cards })).toEqual([
      ['audience.conditions.0.operator', 'NOT_ALLOWED'],
      ['audience.conditions.1.values.0', 'INVALID_FORMAT'],
      ['audience.conditions.2.values', 'REQUIRED'],
      ['audience.conditions.3.values', 'TOO_MANY'],
      ['cards.0.question.answers.1.value', 'UNKNOWN'],
      [`${at}.0.operator`, 'NOT_ALLOWED'],
      [`${at}.1.values.0`, 'INVALID_FORMAT'],
      [`${at}.2.values`, 'REQUIRED'],
      [`${at}.3.values`, 'TOO_MANY'],
      ['cards.2.action.value', 'INVALID_FORMAT'],
    ])
  })

  it('attributes that dialogues must not change', async () => {
    const { id } = await database.attribute.findFirstOrThrow({
      where: { workspaceId: acme.workspaceId, name: 'crmStatus' },
    })
    const attributeId = btoa(`Attribute:${id}`)
    const email = await database.attribute.findFirstOrThrow({
      where: { workspaceId: acme.workspaceId, name: 'email' },
    })
    const cards = [
      { action: { key: 'a', attributeId, value: 'Customer' } },
      {
        meeting: {
          key: 'b',
          text: 'When?',
          routing: roundRobin,
          agentEmailToId: btoa(`Attribute:${email.id}`),
        },
      },
    ]
    expect(await faultsOf({ cards })).toEqual([
      ['cards.0.action.attributeId', 'NOT_ALLOWED'],
      ['cards.1.meeting.agentEmailToId', 'NOT_ALLOWED'],
    ])
  })

  it('a flow with what only dialogues have', async () => {
    const audience = all({ attributeId: attributes['PERSON.plan'], operator: 'IS_EMPTY' })
    const fields = { excludedUrls: ['https://acme.test'], trigger: { scrollPercent: 50 }, audience }
    expect(await faultsOf({ kind: 'FLOW', ...fields })).toEqual([
      ['targetUrls', 'NOT_ALLOWED'],
      ['excludedUrls', 'NOT_ALLOWED'],
      ['trigger', 'NOT_ALLOWED'],
      ['audience', 'NOT_ALLOWED'],
    ])
  })
})
