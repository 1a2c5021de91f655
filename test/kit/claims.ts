// A person whom staff knows, and visitors who claim to be that person.
import type { TestWorkspace } from './actors.ts'
import { data, type TestApp } from './app.ts'
import { defineAttributes } from './attributes.ts'
import { mutate } from './mutate.ts'

export const GRACE = 'grace@navy.example'
export const EVE = 'eve@evil.example'

/** Grace, whom staff knows. */
export const KNOWN = {
  email: GRACE,
  firstName: 'Grace',
  lastName: 'Hopper',
  jobTitle: 'Admiral',
  phone: '+1 555 0100',
  companyName: 'Navy',
  companyDomain: 'navy.example',
  companyAttributes: { ships: 3 },
  attributes: { plan: 'gold' },
  crmStatus: 'Customer',
}
export const CLAIM = {
  email: GRACE,
  firstName: 'Eve',
  lastName: 'Smith',
  jobTitle: 'Thief',
  phone: '+1 555 0666',
  company: { name: 'Evil', domain: 'evil.example', attributes: { ships: 0 } },
  attributes: { plan: 'none' },
}
export const PERSON = 'id known email firstName lastName'
export const SEEN = { known: true, email: GRACE, firstName: 'Eve', lastName: 'Smith' }
export interface Seen {
  id: string
  known: boolean
  email: string | null
  firstName: string | null
  lastName: string | null
}

/** Defines her attributes.
 * @returns the id of Grace's row */
export async function createGrace(testApp: TestApp, workspace: TestWorkspace): Promise<string> {
  const { app, clock } = testApp
  const { workspaceId } = workspace
  await defineAttributes(testApp, workspace, { 'PERSON.plan': 'TEXT', 'COMPANY.ships': 'INTEGER' })
  const person = await app.services.database.person.create({
    data: { workspaceId, createdAt: clock.now(), ...KNOWN },
  })
  return person.id
}

/** Starts a visit. */
export async function visit(
  app: TestApp,
  { publicKey }: TestWorkspace,
  person: object,
): Promise<{ token: string; person: Seen }> {
  const select = `... on Visit { token person { ${PERSON} } }`
  const answer = await mutate(app, { mutation: 'startVisit', input: { publicKey, person }, select })
  return answer as unknown as { token: string; person: Seen }
}

export async function readNode<Node>(
  app: TestApp,
  token: string,
  { id, select }: { id: string; select: string },
): Promise<Node | null> {
  const query = `query ($id: ID!) { node(id: $id) { ${select} } }`
  const { node } = await data<{ node: Node | null }>(app.execute(query, { token, variables: { id } }))
  return node
}
