// What an import refuses, with its place in the file.
import { describe, expect, it } from 'vitest'
import {
  callOnDialogue,
  type DialogueFile,
  exportDialogue,
  publishFlow,
  saveDialogue,
} from '../kit/dialogue-editing.ts'
import { useScene } from '../kit/scene.ts'

const { app, admin, database } = useScene({})

const exportOf = (dialogue: { id: string }) => exportDialogue(app, admin.token, dialogue)
const importFile = (dialogue: object) =>
  callOnDialogue(app, 'importDialogue', { input: { dialogue }, token: admin.token })

describe('importDialogue refuses', () => {
  const faultsOf = async (dialogue: object) => {
    const before = await database.dialogue.count()
    const answer = await importFile(dialogue)
    expect(answer).toMatchObject({ __typename: 'InvalidInputError' })
    for (const { message } of answer.issues) expect(message).not.toMatch(/Invalid|expected|received/)
    expect(await database.dialogue.count()).toBe(before)
    return answer.issues.map(({ path, code }) => [path.join('.'), code])
  }

  it('a name that several flows have', async () => {
    const flow = await publishFlow(app, admin.token)
    const file = await exportOf(
      await saveDialogue(app, admin.token, { cards: [{ flow: { key: 'f', flowId: flow.id } }] }),
    )
    await publishFlow(app, admin.token)
    expect(await faultsOf(file)).toEqual([['input.dialogue.cards.0.flow.flow', 'CONFLICTING']])
  })

  it('what was deleted when it was exported', async () => {
    const flow = await publishFlow(app, admin.token)
    const dialogue = await saveDialogue(app, admin.token, {
      cards: [{ flow: { key: 'f', flowId: flow.id } }],
    })
    await callOnDialogue(app, 'deleteDialogue', {
      input: { dialogueId: flow.id },
      token: admin.token,
      select: '',
    })
    expect(await faultsOf(await exportOf(dialogue))).toEqual([
      ['input.dialogue.cards.0.flow.flow', 'UNKNOWN'],
    ])
  })

  const nested = (levels: number): object => (levels === 0 ? {} : { groups: [nested(levels - 1)] })

  it.each<[string, (file: DialogueFile) => object, string[][]]>([
    ['nothing', () => ({}), [['input.dialogue.format', 'INVALID_FORMAT']]],
    [
      'another format',
      (file) => ({ ...file, format: 'other/1' }),
      [['input.dialogue.format', 'INVALID_FORMAT']],
    ],
    [
      'only a format',
      ({ format }) => ({ format }),
      [
        ['input.dialogue.name', 'INVALID_FORMAT'],
        ['input.dialogue.kind', 'INVALID_FORMAT'],
        ['input.dialogue.cards', 'INVALID_FORMAT'],
      ],
    ],
    [
      'other types',
      (file) => ({
        ...file,
        name: 7,
        kind: 'POEM',
        priority: '1',
        audience: [],
        targetUrls: 'https://a.test',
        trigger: { scrollPercent: 1.5 },
        cards: null,
      }),
      ['name', 'kind', 'priority', 'audience', 'targetUrls', 'trigger.scrollPercent', 'cards'].map((path) => [
        `input.dialogue.${path}`,
        'INVALID_FORMAT',
      ]),
    ],
    [
      'cards that are none',
      (file) => ({ ...file, cards: [7, null, {}, { message: 'a' }, { poem: {} }] }),
      [
        ['input.dialogue.cards.0', 'INVALID_FORMAT'],
        ['input.dialogue.cards.1', 'INVALID_FORMAT'],
        ['input.dialogue.cards.2', 'INVALID_FORMAT'],
        ['input.dialogue.cards.3.message', 'INVALID_FORMAT'],
        ['input.dialogue.cards.4', 'INVALID_FORMAT'],
      ],
    ],
    [
      'two cards in one',
      (file) => ({ ...file, cards: [{ ...file.cards[0], goal: { key: 'g', goal: 'G' } }] }),
      [['input.dialogue.cards.0', 'INVALID_FORMAT']],
    ],
    [
      'names that are no text',
      (file) => ({ ...file, cards: [{ action: { key: 'a', attribute: 7, value: 'A' } }] }),
      [['input.dialogue.cards.0.action.attribute', 'INVALID_FORMAT']],
    ],
    [
      'an id in place of a name',
      (file) => ({ ...file, cards: [{ action: { key: 'a', attributeId: 'x', value: 'A' } }] }),
      [['input.dialogue.cards.0.action.attribute', 'INVALID_FORMAT']],
    ],
    [
      'a script',
      (file) => ({ ...file, cards: [{ message: { key: 'a', text: '<script>' } }] }),
      [['input.dialogue.cards.0.message.text', 'NOT_ALLOWED']],
    ],
    [
      'NUL in a name',
      (file) => ({ ...file, cards: [{ flow: { key: 'a', flow: 'a\u0000' } }] }),
      [['input.dialogue', 'INVALID_FORMAT']],
    ],
    [
      'half of a surrogate pair',
      (file) => ({ ...file, name: '\ud800' }),
      [['input.dialogue', 'INVALID_FORMAT']],
    ],
    [
      'a name of the prototype',
      (file) => ({ ...file, cards: [{ action: { key: 'a', attribute: 'constructor', value: 'A' } }] }),
      [['input.dialogue.cards.0.action.attribute', 'UNKNOWN']],
    ],
    [
      'groups in groups without end',
      (file) => ({ ...file, audience: nested(1000) }),
      [['input.dialogue', 'OUT_OF_RANGE']],
    ],
    [
      'groups too deep',
      (file) => ({ ...file, audience: { match: 'ALL', ...nested(4) } }),
      [
        ['input.dialogue.audience.groups.0.match', 'INVALID_FORMAT'],
        ['input.dialogue.audience.groups.0.groups.0.match', 'INVALID_FORMAT'],
        ['input.dialogue.audience.groups.0.groups.0.groups', 'TOO_MANY'],
      ],
    ],
  ])('%s', async (_what, change, expected) => {
    const file = await exportOf(await saveDialogue(app, admin.token))
    expect(await faultsOf(change(file))).toEqual(expected)
  })
})
