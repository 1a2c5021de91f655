// One word for one thing, in the names of the schema (CONTRIBUTING.md, "Names in the schema").
import {
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/index.ts'

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))
const namesOf = (which: (type: GraphQLNamedType) => boolean) => types.filter(which).map(({ name }) => name)

/** Every field, input field and argument, with its type. */
const places = types.flatMap((type) => {
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => placeOf(type.name, field))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return Object.values(type.getFields()).flatMap((field) => [
    placeOf(type.name, field),
    ...field.args.map((argument) => placeOf(`${type.name}.${field.name}`, argument)),
  ])
})

function placeOf(owner: string, { name, type }: { name: string; type: Parameters<typeof getNamedType>[0] }) {
  return { path: `${owner}.${name}`, name, type: String(getNamedType(type)) }
}

/** What a mutation does to what it names. */
const VERBS = {
  create: 'makes a new one',
  update: 'changes the fields that are given',
  save: 'makes a new one, or replaces one as a whole',
  set: 'replaces one setting as a whole',
  clear: 'takes back what was set',
  delete: 'afterwards it no longer exists',
  erase: 'what is known of a person is removed, and what counts stays',
  remove: 'an agent leaves the workspace, and can still be read',
  replace: 'makes a new secret',
  reset: 'forgets what was learned, so that it is learned anew',
  register: 'makes a browser known',
  unregister: 'the opposite',
}
const VERBS_OF_THE_DOMAIN =
  /^(accept|answer|book|cancel|connect|decline|disconnect|duplicate|end|hold|identify|import|mark|move|note|publish|reassign|record|release|request|reschedule|resolve|score|send|share|signal|start|take|transfer|unpublish)[A-Z]/

describe('the names of the schema', () => {
  it('say Connection for a page of a list only', () => {
    const pages = namesOf((type) => isObjectType(type) && 'pageInfo' in type.getFields())
    expect(namesOf(({ name }) => name.endsWith('Connection')).sort()).toEqual(pages.sort())
  })

  it('say with one verb what a mutation does', () => {
    const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
    const known = new RegExp(`^(${Object.keys(VERBS).join('|')})[A-Z]`)
    expect(mutations.length).toBeGreaterThan(30)
    expect(mutations.filter((name) => !known.test(name) && !VERBS_OF_THE_DOMAIN.test(name))).toEqual([])
    expect(mutations.filter((name) => /^preview|^explain/.test(name))).toEqual([])
  })

  it('say state for where something stands; a meeting has a status as in calendars, an agent one for live chat', () => {
    expect(namesOf(({ name }) => name.endsWith('Status')).sort()).toEqual(['LiveChatStatus', 'MeetingStatus'])
    expect(namesOf((type) => isEnumType(type) && /state$/i.test(type.name)).length).toBeGreaterThan(2)
    const wrong = places.filter(
      ({ name, type }) =>
        (/State$/.test(type) && !/^state$|State$/.test(name)) ||
        (/Status$/.test(type) && !/^status$|Status$/.test(name)),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
    const others = places.filter(({ name, type }) => /^status$|Status$/.test(name) && !/Status$/.test(type))
    expect([...new Set(others.map(({ name }) => name))]).toEqual(['crmStatus'])
  })

  it('say clientKey for the key of a message, and idempotencyKey for that of a call', () => {
    // What a dialogue is made of has keys of its own.
    const others = /^(public|push|card|answer|key$)/i
    const keys = places.filter(({ name }) => /key$/i.test(name) && !others.test(name))
    expect([...new Set(keys.map(({ name }) => name))].sort()).toEqual(['clientKey', 'idempotencyKey'])
    const messages = keys.filter(({ name }) => name === 'clientKey').map(({ path }) => path)
    expect(
      messages.every((path) => /^(Message|SendMessageInput|ShareCalendarInput|AnswerCardInput)\./.test(path)),
    ).toBe(true)
  })

  it('say Changed for an event after which something is different', () => {
    const events = schema.getType('Event')
    const names = isInterfaceType(events) ? schema.getPossibleTypes(events).map(({ name }) => name) : []
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => /(Updated|Modified|Set|Edited)$/.test(name))).toEqual([])
  })
})
