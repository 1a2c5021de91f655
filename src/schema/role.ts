// Roles: named sets of permissions.
import { requireStaff } from '../services/identity/viewer.ts'
import { builder } from './builder.ts'
import { PermissionRef } from './shared.ts'
import { GLOBAL_ID, NULL_IF_REFUSED, STAFF_TOKEN, STAFF_TYPE } from './texts.ts'

export const RoleRef = builder.prismaNode('Role', {
  id: { field: 'id', description: GLOBAL_ID },
  description: `A named set of permissions. An agent is allowed what any of the agent's roles allows. ${STAFF_TYPE}`,
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name, unique in the workspace, for example `Administrator`.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What the role is for, in one or two sentences; null if nothing was written.',
    }),
    permissions: t.expose('permissions', {
      type: [PermissionRef],
      description: 'What the role allows.',
    }),
    builtIn: t.exposeBoolean('builtIn', {
      description:
        'Whether the role is one of the two that every workspace has: `Administrator` and `Agent`.',
    }),
  }),
})

builder.queryField('roles', (t) =>
  t.prismaField({
    type: [RoleRef],
    nullable: true,
    description: `The roles of the workspace, by name. ${STAFF_TOKEN} ${NULL_IF_REFUSED}`,
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.role.findMany({
        ...query,
        where: { workspaceId: requireStaff(viewer).workspaceId },
        orderBy: { name: 'asc' },
      }),
  }),
)
