// Visitors identify themselves, before or during a chat, and agents edit the persons.
import { identifyVisitor } from '../../src/services/people/identify-visitor.ts'
import { updatePerson } from '../../src/services/people/update-person.ts'
import { hashWith } from '../kit/people.ts'
import { anyAgent, type Outcome, one, type Step } from './chat-knowledge.ts'
import { contextOf } from './chat-scene.ts'

/** Few, so that several visitors become the same person, and e-mails conflict. */
const EMAILS = 25

/** Replaces a visitor, whose chats stay open, by a new one. */
export async function visit({ scene, random }: Step): Promise<void> {
  const visitor = await scene.createVisitor()
  scene.visitors[random(scene.visitors.length)] = visitor
}

/** Identifies a visitor, sometimes with an identity hash, which may be wrong. */
export async function identify(step: Step): Outcome {
  const { scene, node, random } = step
  const visitor = one(scene.visitors, step)!
  const email = random(3) ? anyEmail(step) : null
  const person = { email, firstName: random(2) ? 'Grace' : null }
  const lot = random(8)
  const hash = lot === 0 ? '0'.repeat(64) : hashWith(scene.identitySecret, email ?? '')
  const isHashed = lot === 0 || (lot < 4 && email !== null)
  const input = { person, identityHash: isHashed ? hash : null }
  const personId = await identifyVisitor(
    contextOf(node, visitor),
    input,
    async (_tx, reader) => reader.personId,
  )
  if (email === null) return 'UNNAMED'
  Object.assign(visitor, {
    personId,
    verified: isHashed || (visitor.verified && visitor.personId === personId),
  })
  return isHashed ? 'VERIFIED' : 'NAMED'
}

export async function update(step: Step): Outcome {
  const { known, node, random } = step
  const chat = one(known.chats, step)
  if (chat === undefined) return 'NOTHING'
  const viewer = one([chat.agent ?? anyAgent(step), anyAgent(step), step.scene.admin], step)!
  const person = { email: random(2) ? anyEmail(step) : null, lastName: 'Hopper' }
  await updatePerson(contextOf(node, viewer), { personId: chat.visitor.personId, person }, async () => {})
}

const anyEmail = ({ random }: Step) => `person-${random(EMAILS)}@example.com`
