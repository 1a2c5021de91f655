// Dialogues that visitors get: staff has saved and published them.
import { createHash } from 'node:crypto'
import { decodeGlobalID, encodeGlobalID } from '@pothos/plugin-relay'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import { attributesIn } from '../../src/services/attributes/condition-faults.ts'
import type { ConditionGroup } from '../../src/services/attributes/conditions.ts'
import type { Card, Definition } from '../../src/services/dialogues/definition/compiled.ts'
import { toJson } from '../../src/services/dialogues/definition/stored.ts'
import { signDemoToken } from '../../src/services/identity/demo-token.ts'
import type { RoutingTarget } from '../../src/services/routing/pool.ts'
import type { TestWorkspace } from './actors.ts'
import type { TestApp } from './app.ts'
import { ONE_QUESTION } from './dialogue-cards.ts'
import { callOnDialogue } from './dialogue-editing.ts'
import { mutate } from './mutate.ts'

export const SITE = 'https://www.acme.test'

/** Its attributes are those of the workspace with the same names. */
export interface TestDialogue extends Partial<Omit<Definition, 'cards'>> {
  cards?: Card[]
}

const EVERYBODY: Definition['audience'] = { match: 'ALL', conditions: [], groups: [] }

function toDefinition({ cards = ONE_QUESTION, ...given }: TestDialogue): Definition {
  return {
    name: 'Colours',
    kind: 'DIALOGUE',
    priority: 10,
    audience: EVERYBODY,
    targetUrls: [SITE],
    excludedUrls: [],
    trigger: null,
    start: cards[0]?.key ?? '',
    flowIds: [],
    ...given,
    cards,
  }
}

/** @returns the id of a new dialogue, which is published */
export async function publish(
  app: TestApp,
  { workspaceId, admin }: TestWorkspace,
  given: TestDialogue = {},
): Promise<string> {
  const input = await toFields(app, workspaceId, toDefinition(given))
  return saveAndPublish(app, { input, token: admin.token })
}

/** @returns the id of the dialogue */
async function saveAndPublish(
  app: TestApp,
  { input, token }: { input: object; token: string },
): Promise<string> {
  const saved = await callOnDialogue(app, 'saveDialogue', { input, token })
  if (saved.__typename !== 'Dialogue') throw new Error(JSON.stringify({ input, saved }))
  const dialogueId = saved.id
  const published = await callOnDialogue(app, 'publishDialogue', { input: { dialogueId }, token })
  if (published.__typename !== 'Dialogue') throw new Error(JSON.stringify({ input, saved, published }))
  return decodeGlobalID(dialogueId).id
}

/** Publishes a new version of a dialogue. */
export async function republish(app: TestApp, id: string, given: TestDialogue): Promise<void> {
  const { workspaceId, kind, version, token } = await read(app, id)
  const dialogueId = encodeGlobalID('Dialogue', id)
  const fields = await toFields(app, workspaceId, toDefinition({ kind, ...given }))
  await saveAndPublish(app, { input: { ...fields, dialogueId, version }, token })
}

export const unpublish = (app: TestApp, id: string): Promise<void> => end(app, 'unpublishDialogue', id)

export const deleteDialogue = (app: TestApp, id: string): Promise<void> => end(app, 'deleteDialogue', id)

async function end(app: TestApp, mutation: string, id: string): Promise<void> {
  const { token } = await read(app, id)
  const input = { dialogueId: encodeGlobalID('Dialogue', id) }
  const answer = await mutate(app, { mutation, token, input, select: '' })
  if (answer.__typename.endsWith('Error')) throw new Error(JSON.stringify(answer))
}

/** The dialogue, and the token of somebody who may change it. */
async function read({ app }: TestApp, id: string) {
  const { database, signer } = app.services
  const dialogue = await database.dialogue.findUniqueOrThrow({ where: { id } })
  const roles = { some: { role: { name: 'Administrator' } } }
  const { workspaceId } = dialogue
  const admin = await database.agent.findFirstOrThrow({ where: { workspaceId, removedAt: null, roles } })
  return { ...dialogue, token: signDemoToken(signer, admin.id) }
}

/** What staff saves. Attributes that the workspace lacks are defined. */
async function toFields({ app, clock }: TestApp, workspaceId: string, definition: Definition) {
  const { database } = app.services
  const lacking = new Map(attributesOf(definition).map((one) => [`${one.entity} ${one.name}`, one]))
  await database.attribute.createMany({
    data: [...lacking.values()].map(({ entity, name, type, values }) => {
      return { workspaceId, entity, name, label: name, type, values, createdAt: clock.now() }
    }),
    skipDuplicates: true,
  })
  const attributes = await database.attribute.findMany({ where: { workspaceId } })
  const idOf = ({ entity, name }: Attribute) => {
    const found = attributes.find((one) => one.entity === entity && one.name === name)
    if (found === undefined) throw new Error(`The workspace has no attribute ${name}.`)
    return encodeGlobalID('Attribute', found.id)
  }
  const { name, kind, priority, audience, targetUrls, excludedUrls, trigger, cards } = definition
  const common = { name, kind, cards: cards.map((card) => toCardInput(card, idOf)) }
  return kind === 'FLOW'
    ? { ...common, targetUrls: null }
    : { ...common, priority, audience: toGroupInput(audience, idOf), targetUrls, excludedUrls, trigger }
}

type IdOf = (attribute: Attribute) => string

function attributesOf({ audience, cards }: Definition): Attribute[] {
  const ofCards = cards.flatMap((card) => {
    if (card.kind === 'BRANCH') {
      return card.branches.flatMap(({ conditions }) => (conditions ? attributesIn(conditions) : []))
    }
    if (card.kind === 'MEETING') return [card.agentNameTo, card.agentEmailTo]
    return 'attribute' in card ? [card.attribute] : []
  })
  return [...attributesIn(audience), ...ofCards].filter((attribute) => attribute !== null)
}

function toGroupInput({ match, conditions, groups }: ConditionGroup, idOf: IdOf): object {
  return {
    match,
    conditions: conditions.map(({ attribute, ...condition }) => ({
      attributeId: idOf(attribute),
      ...condition,
    })),
    groups: groups.map((group) => toGroupInput(group, idOf)),
  }
}

function toRouting(routing: RoutingTarget): object {
  if ('agentId' in routing) return { agentId: encodeGlobalID('Agent', routing.agentId) }
  return 'teamId' in routing ? { teamId: encodeGlobalID('Team', routing.teamId) } : routing
}

function toCardInput(card: Card, idOf: IdOf): object {
  const orNull = (attribute: Attribute | null) => attribute && idOf(attribute)
  switch (card.kind) {
    case 'MESSAGE': {
      const { kind: _kind, ...message } = card
      return { message }
    }
    case 'QUESTION': {
      const { kind: _kind, attribute, ...question } = card
      return { question: { ...question, attributeId: orNull(attribute) } }
    }
    case 'CAPTURE': {
      const { kind: _kind, attribute, ...capture } = card
      return { capture: { ...capture, attributeId: idOf(attribute) } }
    }
    case 'MEETING': {
      const { kind: _kind, routing, agentNameTo, agentEmailTo, ...meeting } = card
      const to = { agentNameToId: orNull(agentNameTo), agentEmailToId: orNull(agentEmailTo) }
      return { meeting: { ...meeting, ...to, routing: toRouting(routing) } }
    }
    case 'LIVE_CHAT': {
      const { kind: _kind, next: _next, routing, ...liveChat } = card
      return { liveChat: { ...liveChat, routing: toRouting(routing) } }
    }
    case 'BRANCH': {
      const { kind: _kind, branches, ...branch } = card
      const inputs = branches.map(({ conditions, ...each }) => ({
        ...each,
        conditions: conditions && toGroupInput(conditions, idOf),
      }))
      return { branch: { ...branch, branches: inputs } }
    }
    case 'GOAL': {
      const { kind: _kind, ...goal } = card
      return { goal }
    }
    case 'DOCUMENT': {
      const { kind: _kind, ...document } = card
      return { document }
    }
    case 'ACTION': {
      const { kind: _kind, attribute, ...action } = card
      return { action: { ...action, attributeId: idOf(attribute) } }
    }
  }
}

/** Publishes what staff could not publish, because it has problems.
 * @returns the id of the dialogue */
export async function publishUnchecked(
  app: TestApp,
  workspace: TestWorkspace,
  given: TestDialogue,
): Promise<string> {
  const dialogueId = await publish(app, workspace, { ...given, cards: ONE_QUESTION })
  const { workspaceId } = workspace
  const { database } = app.app.services
  const definition = toJson(toDefinition(given))
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest()
  const version = { workspaceId, dialogueId, number: 2, hash, definition, publishedAt: app.clock.now() }
  const { id } = await database.dialogueVersion.create({ data: version })
  await database.dialogue.update({ where: { id: dialogueId }, data: { publishedVersionId: id } })
  const data = { dialogueRevision: { increment: 1 } }
  await database.workspace.update({ where: { id: workspaceId }, data })
  return dialogueId
}
