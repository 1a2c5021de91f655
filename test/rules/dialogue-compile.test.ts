// What is published of a draft.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Definition } from '../../src/services/dialogues/definition/compiled.ts'
import type { DraftCard } from '../../src/services/dialogues/definition/draft.ts'
import { canonicalJson, hashDefinition } from '../../src/services/dialogues/definition/hash.ts'
import { followersOf } from '../../src/services/dialogues/definition/keys.ts'
import { usedAttributes } from '../../src/services/dialogues/definition/uses.ts'
import {
  ATTRIBUTES,
  allOf,
  branch,
  card,
  draft,
  problemsOf,
  publish,
  publishFlow,
  question,
} from '../kit/drafts.ts'

/** The keys of the cards with the keys that can follow. */
const waysOf = ({ cards }: Definition) => cards.map((each) => [each.key, ...followersOf(each)])

describe('a published dialogue', () => {
  it('has the definitions of the attributes that it names', () => {
    const condition = { attribute: 'plan', operator: 'IS', values: ['Small'] } as const
    const { audience, cards } = publish(
      'DIALOGUE',
      draft(
        [
          card('QUESTION', { key: 'a', attribute: 'industry', next: 'b' }),
          {
            ...branch('b', ['c'], 'c'),
            branches: [
              {
                key: 'b',
                conditions: allOf({ ...condition, values: ['Large'] }),
                liveAgentAvailable: null,
                next: 'c',
              },
            ],
          },
          card('MEETING', { key: 'c', agentNameTo: 'agentName' }),
        ],
        { audience: allOf({ ...condition, values: ['Small'] }) },
      ),
    )
    const plan = ATTRIBUTES.get('plan')
    expect(audience.conditions).toEqual([{ ...condition, attribute: plan }])
    expect(cards).toMatchObject([
      { attribute: ATTRIBUTES.get('industry') },
      { branches: [{ conditions: { conditions: [{ attribute: plan }] } }] },
      { agentNameTo: ATTRIBUTES.get('agentName'), agentEmailTo: null },
    ])
  })

  it('goes through a flow in place of the card that names it', () => {
    const flow = publishFlow([
      question('q', ['m', null]),
      card('MESSAGE', { key: 'm', next: 'b' }),
      branch('b', ['q']),
    ])
    const published = publish(
      'DIALOGUE',
      draft([
        question('start', ['f', 'end'], 'f'),
        card('FLOW', { key: 'f', next: 'end' }),
        card('MESSAGE', { key: 'end' }),
      ]),
      new Map([['flow', flow]]),
    )
    expect(published.start).toBe('start')
    expect(published.flowIds).toEqual(['flow'])
    expect(waysOf(published)).toEqual([
      ['start', 'f/q', 'end'],
      ['f/q', 'f/m', 'end'],
      ['f/m', 'f/b'],
      ['f/b', 'f/q', 'end'],
      ['end'],
    ])
  })

  it('may begin with a flow, and have one twice, also one after the other and at the end', () => {
    const flow = publishFlow([question('q', [null]), card('LIVE_CHAT', { key: 'never' })])
    const cards = [card('FLOW', { key: 'f', next: 'g' }), card('FLOW', { key: 'g' })]
    const published = publish('DIALOGUE', draft(cards), new Map([['flow', flow]]))
    expect(published.start).toBe('f/q')
    expect(waysOf(published)).toEqual([['f/q', 'g/q'], ['f/never'], ['g/q'], ['g/never']])
  })

  it('keeps the cards of a flow as they were when the flow was published, also those of flows in it', () => {
    const inner = publishFlow([card('MESSAGE', { key: 'm' })])
    const outer = publishFlow([card('FLOW', { key: 'i', flowId: 'inner' })], new Map([['inner', inner]]))
    const published = publish(
      'DIALOGUE',
      draft([card('FLOW', { key: 'o', flowId: 'outer', next: 'end' }), card('GOAL', { key: 'end' })]),
      new Map([['outer', outer]]),
    )
    expect(waysOf(published)).toEqual([['o/i/m', 'end'], ['end']])
    expect(published.flowIds).toEqual(['inner', 'outer'])
  })

  it('is not made of a draft that cannot run', () => {
    expect(() => publish('DIALOGUE', draft([]))).toThrow('without cards')
    expect(() => publish('DIALOGUE', draft([card('ACTION', { key: 'a', attribute: 'x' })]))).toThrow(
      'attribute x',
    )
    expect(() => publish('DIALOGUE', draft([card('FLOW', { key: 'a' })]))).toThrow('published flow')
    expect(() =>
      publish('DIALOGUE', draft([card('MEETING', { key: 'a', routing: { rules: true } })])),
    ).toThrow('rules')
  })

  it('leads only to its own cards, and waits often enough, unless its draft has other problems than unreachable cards', () => {
    const cardOf = (key: string, keys: string[], kinds: 'ALL' | 'NO_FLOW'): fc.Arbitrary<DraftCard> => {
      const to = fc.constantFrom(...keys)
      const next = fc.option(to)
      const flow = next.map((own) => card('FLOW', { key, next: own }))
      return fc.oneof(
        next.map((own) => card('MESSAGE', { key, next: own })),
        fc
          .tuple(fc.array(next, { minLength: 1, maxLength: 3 }), next)
          .map(([to, own]) => question(key, to, own)),
        fc.tuple(fc.array(to, { maxLength: 3 }), next).map(([to, own]) => branch(key, to, own)),
        ...(kinds === 'ALL' ? [flow, flow] : []),
      )
    }
    const cardsOf = (kinds: 'ALL' | 'NO_FLOW') =>
      fc
        .subarray(['a', 'b', 'c', 'd', 'e'], { minLength: 1 })
        .chain((keys) => fc.tuple(...keys.map((key) => cardOf(key, keys, kinds))))
    const canRun = (problems: (string | null)[][]) => problems.every(([code]) => code === 'UNREACHABLE_CARD')
    let flowsInlined = 0
    fc.assert(
      fc.property(cardsOf('NO_FLOW'), cardsOf('ALL'), (inFlow, drafted) => {
        fc.pre(canRun(problemsOf(draft(inFlow), { kind: 'FLOW' })))
        const flows = new Map([['flow', publishFlow(inFlow)]])
        fc.pre(canRun(problemsOf(draft(drafted), { flows })))
        const definition = publish('DIALOGUE', draft(drafted), flows)
        flowsInlined += definition.flowIds.length
        const byKey = new Map(definition.cards.map((each) => [each.key, each]))
        expect(byKey.size).toBe(definition.cards.length)
        expect(definition.cards.flatMap(followersOf).filter((key) => !byKey.has(key))).toEqual([])
        expect(byKey.has(definition.start)).toBe(true)
        for (const { key } of definition.cards) expect(stepsFrom(key, byKey)).toBeLessThan(byKey.size + 1)
      }),
    )
    expect(flowsInlined).toBeGreaterThan(10)
  })

  /** @returns how many cards come without a question; as many as the calls allow if there is no end */
  function stepsFrom(key: string, byKey: Map<string, Definition['cards'][number]>, depth = 0): number {
    const each = byKey.get(key)
    if (each === undefined || each.kind === 'QUESTION' || depth > byKey.size) return depth
    return Math.max(depth + 1, ...followersOf(each).map((next) => stepsFrom(next, byKey, depth + 1)))
  }
})

describe('the hash of a definition', () => {
  const definition = publish('DIALOGUE', draft([card('MESSAGE', { key: 'a' })]))

  it('does not depend on the order of keys', () => {
    const reordered = JSON.parse(JSON.stringify(definition), (_key, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    )
    expect(Object.keys(reordered)).not.toEqual(Object.keys(definition))
    expect(hashDefinition(reordered)).toEqual(hashDefinition(definition))
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: undefined })).toBe('{"b":[{"c":null,"d":1}]}')
  })

  it('depends on everything else', () => {
    const others = [
      { ...definition, name: 'Other' },
      { ...definition, priority: 2 },
      { ...definition, targetUrls: [] },
      { ...definition, cards: [...definition.cards, ...definition.cards] },
    ]
    const hashes = [definition, ...others].map((each) => Buffer.from(hashDefinition(each)).toString('hex'))
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('the attributes that a dialogue uses', () => {
  const drafted = draft(
    [
      card('MESSAGE', { key: 'a', text: '{{company.industry}} {{lead.industry}} {{lead.name}}' }),
      {
        ...branch('b', []),
        branches: [
          {
            key: 'b',
            conditions: allOf({ attribute: 'plan', operator: 'IS_EMPTY', values: [] }),
            liveAgentAvailable: null,
            next: 'a',
          },
        ],
      },
      card('MEETING', { key: 'c', agentNameTo: 'agentName' }),
      card('ACTION', { key: 'd', attribute: 'agentName', value: '{{lead.email}}' }),
    ],
    { audience: allOf({ attribute: 'seats', operator: 'IS_EMPTY', values: [] }) },
  )

  it('are those of its cards, conditions and tokens, each once', () => {
    const attributes = [...ATTRIBUTES.values()]
    const used = usedAttributes(drafted, { idOf: (id) => id, attributes })
    expect(used.sort()).toEqual(['agentName', 'email', 'industry', 'plan', 'seats'])
    const published = publish('DIALOGUE', drafted)
    expect(usedAttributes(published, { idOf: ({ id }) => id, attributes }).sort()).toEqual(used)
  })
})
