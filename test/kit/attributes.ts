import { expect } from 'vitest'
import type { TestWorkspace } from './actors.ts'
import type { TestApp } from './app.ts'
import { mutate } from './mutate.ts'

type Types<Name extends string> = Record<Name, string | { type: 'PICKLIST'; values: string[] }>

/** For the people of a scene. */
export const defining =
  <Name extends string>(types: Types<Name>) =>
  (app: TestApp, workspace: TestWorkspace): Promise<Record<Name, string>> =>
    defineAttributes(app, workspace, types)

/** Defines attributes of a workspace, by their names, for example `{ 'PERSON.plan': 'TEXT' }`.
 * @returns their global ids by name */
export async function defineAttributes<Name extends string>(
  app: TestApp,
  { admin }: TestWorkspace,
  types: Types<Name>,
): Promise<Record<Name, string>> {
  const ids: [string, string][] = []
  for (const [path, type] of Object.entries<string | object>(types)) {
    const [entity, name] = path.split('.')
    const input = { entity, name, ...(typeof type === 'string' ? { type } : type) }
    const { id, ...answer } = await mutate(app, {
      mutation: 'saveAttribute',
      input,
      token: admin.token,
      select: '... on Attribute { id }',
    })
    expect(answer).toMatchObject({ __typename: 'Attribute' })
    ids.push([path, id])
  }
  return Object.fromEntries(ids) as Record<Name, string>
}
