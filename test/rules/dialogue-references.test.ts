// What cards say of attributes, agents, teams and tokens.
import { describe, expect, it } from 'vitest'
import type { DraftCard } from '../../src/services/dialogues/definition/draft.ts'
import { allOf, branch, card, draft, problemsOf } from '../kit/drafts.ts'

const ofCards = (...cards: DraftCard[]) => problemsOf(draft(cards))

describe('a card', () => {
  it.each<[string, DraftCard, (string | null)[][]]>([
    [
      'an attribute that does not exist',
      card('CAPTURE', { key: 'a', attribute: 'x' }),
      [['UNKNOWN_ATTRIBUTE', 'a', 'cards.0.capture.attributeId']],
    ],
    [
      'attributes of a meeting that do not exist',
      card('MEETING', { key: 'a', agentNameTo: 'x', agentEmailTo: 'y' }),
      [
        ['UNKNOWN_ATTRIBUTE', 'a', 'cards.0.meeting.agentNameToId'],
        ['UNKNOWN_ATTRIBUTE', 'a', 'cards.0.meeting.agentEmailToId'],
      ],
    ],
    [
      'the CRM’s status to say',
      card('ACTION', { key: 'a', attribute: 'crmStatus' }),
      [['UNFIT_ATTRIBUTE', 'a', 'cards.0.action.attributeId']],
    ],
    [
      'the visitor’s e-mail for the agent’s',
      card('MEETING', { key: 'a', agentEmailTo: 'email' }),
      [['UNFIT_ATTRIBUTE', 'a', 'cards.0.meeting.agentEmailToId']],
    ],
    [
      'a number for the agent’s name',
      card('MEETING', { key: 'a', agentNameTo: 'seats' }),
      [['UNFIT_ATTRIBUTE', 'a', 'cards.0.meeting.agentNameToId']],
    ],
    [
      'a value of another type',
      card('ACTION', { key: 'a', attribute: 'seats', value: 'many' }),
      [['UNFIT_VALUE', 'a', 'cards.0.action.value']],
    ],
    [
      'a value that may be of the type',
      card('ACTION', { key: 'a', attribute: 'seats', value: '{{lead.seats}}' }),
      [],
    ],
    [
      'a condition with another operator',
      {
        ...branch('a', ['a']),
        next: null,
        branches: [
          {
            key: 'b',
            conditions: allOf(
              { attribute: 'plan', operator: 'CONTAINS', values: ['a'] },
              { attribute: 'x', operator: 'IS', values: ['a'] },
            ),
            liveAgentAvailable: null,
            next: 'a',
          },
        ],
      },
      [
        ['UNFIT_CONDITION', 'a', 'cards.0.branch.branches.0.conditions.conditions.0.operator'],
        ['UNKNOWN_ATTRIBUTE', 'a', 'cards.0.branch.branches.0.conditions.conditions.1.attributeId'],
        ['CYCLE_WITHOUT_ANSWER', 'a', 'cards.0.branch.next'],
      ],
    ],
    [
      'an agent who was removed',
      card('MEETING', { key: 'a', routing: { agentId: 'bob' } }),
      [['AGENT_REMOVED', 'a', 'cards.0.meeting.routing']],
    ],
    ['an agent', card('MEETING', { key: 'a', routing: { agentId: 'ada' } }), []],
    ['a team', card('LIVE_CHAT', { key: 'a', routing: { teamId: 'sales' } }), []],
    [
      'a team that was deleted',
      card('LIVE_CHAT', { key: 'a', routing: { teamId: 'x' } }),
      [['TEAM_DELETED', 'a', 'cards.0.liveChat.routing']],
    ],
    [
      'rules',
      card('MEETING', { key: 'a', routing: { rules: true } }),
      [['RULES_NOT_AVAILABLE', 'a', 'cards.0.meeting.routing']],
    ],
    [
      'unknown tokens',
      card('MESSAGE', {
        key: 'a',
        text: '{{lead.shoeSize}} {{agent.name}} {{lead.shoeSize}} {{company.seats}}',
      }),
      [
        ['UNKNOWN_TOKEN', 'a', 'cards.0.message.text'],
        ['UNKNOWN_TOKEN', 'a', 'cards.0.message.text'],
        ['UNKNOWN_TOKEN', 'a', 'cards.0.message.text'],
      ],
    ],
    [
      'a token across tags',
      card('MESSAGE', { key: 'a', text: '{{lead.<b>name</b>}}' }),
      [
        ['MALFORMED_TOKEN', 'a', 'cards.0.message.text'],
        ['MALFORMED_TOKEN', 'a', 'cards.0.message.text'],
      ],
    ],
  ])('names what is wrong with %s', (_what, given, expected) => {
    expect(ofCards(given)).toEqual(expected)
  })

  it('stores values of answers that the attribute takes', () => {
    const answers = ['small', 'Huge'].map((value) => ({ key: value, label: value, value, next: null }))
    expect(ofCards(card('QUESTION', { key: 'a', attribute: 'plan', answers }))).toEqual([
      ['UNFIT_VALUE', 'a', 'cards.0.question.answers.1.value'],
    ])
    expect(ofCards(card('QUESTION', { key: 'a', attribute: null, answers }))).toEqual([])
  })
})

describe('an audience', () => {
  it('has conditions that fit their attributes', () => {
    const audience = allOf(
      { attribute: 'seats', operator: 'GREATER_THAN', values: ['many'] },
      { attribute: 'x', operator: 'IS_EMPTY', values: [] },
    )
    expect(problemsOf(draft([card('MESSAGE', { key: 'a' })], { audience }))).toEqual([
      ['UNFIT_CONDITION', null, 'audience.conditions.0.values.0'],
      ['UNKNOWN_ATTRIBUTE', null, 'audience.conditions.1.attributeId'],
    ])
  })
})
