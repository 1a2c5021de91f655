// Texts and addresses that saving a dialogue refuses, because they cannot be stored or would mislead.
import { describe, expect, it } from 'vitest'
import { A_DIALOGUE, callOnDialogue } from '../kit/dialogue-editing.ts'
import { useScene } from '../kit/scene.ts'

const { app, admin } = useScene({})

/** @returns [place, code] of each fault */
async function faultsOf(input: object): Promise<string[][]> {
  const call = { input: { ...A_DIALOGUE, ...input }, token: admin.token }
  const answer = await callOnDialogue(app, 'saveDialogue', call)
  expect(answer).toMatchObject({ __typename: 'InvalidInputError' })
  return answer.issues.map(({ path, code }) => [path.slice(1).join('.'), code])
}

const attributeId = btoa('Attribute:0193c1de-0000-7000-8000-000000000000')
const message = (key: string, text: string) => ({ message: { key, text } })

describe('saveDialogue refuses', () => {
  it.each(['https://a.test/\0', 'https://a.test/?\0', 'https://a.test/#\udfff', 'https://a.test/a\ud800'])(
    'a target that cannot be stored: %j',
    async (url) => {
      expect(await faultsOf({ targetUrls: ['https://a.test', url], excludedUrls: [url] })).toEqual([
        ['targetUrls.1', 'INVALID_FORMAT'],
        ['excludedUrls.0', 'INVALID_FORMAT'],
      ])
    },
  )

  it('a target with a line break at its end', async () => {
    expect(await faultsOf({ targetUrls: ['https://a.test/\n'] })).toEqual([
      ['targetUrls.0', 'INVALID_FORMAT'],
    ])
  })

  it('all other texts that cannot be stored', async () => {
    const conditions = [{ attributeId, operator: 'IS', values: ['\udfff'] }]
    const answers = [{ key: 'x', label: 'a\0b', value: 'a\ud800b' }]
    const capture = { key: 'b\0', text: 'A', attributeId, placeholder: 'a\0b', whenKnown: 'SKIP' }
    const faults = await faultsOf({
      name: 'a\0b',
      description: 'a\ud800',
      audience: { match: 'ALL', conditions },
      cards: [
        { question: { key: 'a', text: 'Which?', answers } },
        { capture },
        { goal: { key: 'c', goal: '\udfff' } },
        { document: { key: 'd', name: 'a\0b', url: 'https://a.test/\0' } },
        { action: { key: 'e', attributeId, value: 'a\ud800' } },
        message('f', 'a\0b'),
      ],
    })
    expect(faults).toEqual(
      [
        'name',
        'description',
        'audience.conditions.0.values.0',
        'cards.0.question.answers.0.label',
        'cards.0.question.answers.0.value',
        'cards.1.capture.key',
        'cards.1.capture.placeholder',
        'cards.2.goal.goal',
        'cards.3.document.name',
        'cards.3.document.url',
        'cards.4.action.value',
        'cards.5.message.text',
      ].map((path) => [path, 'INVALID_FORMAT']),
    )
  })

  it('a user or a password in an address', async () => {
    const cards = [
      { document: { key: 'a', name: 'A', url: 'https://ada:secret@a.test' } },
      message('b', '<a href="https://ada@a.test">A</a>'),
      message('c', '<a href="https://ada&#64;a.test">A</a>'),
      message('d', '<a href="mailto:ada@a.test?subject=A&amp;body=B">A</a>'),
      message('e', '<a href="https://a.test/@ada?a=1&amp;b=@">A</a>'),
    ]
    expect(await faultsOf({ targetUrls: ['https://ada@a.test'], cards })).toEqual([
      ['targetUrls.0', 'INVALID_FORMAT'],
      ['cards.0.document.url', 'INVALID_FORMAT'],
      ['cards.1.message.text', 'NOT_ALLOWED'],
      ['cards.2.message.text', 'NOT_ALLOWED'],
    ])
  })
})
