// Roles: what the agents who have them may do.
import { requireStaff } from '../services/identity/viewer.ts'
import { builder } from './builder.ts'
import { PermissionRef } from './shared.ts'

export const RoleRef = builder.prismaNode('Role', {
  id: { field: 'id', description: 'Global id.' },
  description:
    'A set of permissions under a name. An agent may do what any of the own roles allows. Staff only.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique in the workspace, for example `Administrator`.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What the role is for, in one or two sentences; null when nobody wrote it.',
    }),
    permissions: t.expose('permissions', {
      type: [PermissionRef],
      description: 'What it allows.',
    }),
    builtIn: t.exposeBoolean('builtIn', {
      description: 'Whether it came with the workspace: `Administrator` and `Agent`.',
    }),
  }),
})

builder.queryField('roles', (t) =>
  t.prismaField({
    type: [RoleRef],
    description: 'The roles of the workspace by name. Staff only.',
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.role.findMany({
        ...query,
        where: { workspaceId: requireStaff(viewer).workspaceId },
        orderBy: { name: 'asc' },
      }),
  }),
)
