// Creates a workspace with its built-in roles and attributes. The API has no mutation for it: the first start and the demo call it.
import { randomBytes } from 'node:crypto'
import type { Transaction } from '../../database/open.ts'
import { BUILT_IN_ATTRIBUTES } from '../attributes/built-in.ts'
import { BUILT_IN_ROLES } from '../identity/roles.ts'
import { IDENTITY_SECRET_BYTES } from '../people/identity-hash.ts'

export const LIVE_CHAT_DEFAULTS = {
  offerTimeoutSeconds: 100,
  maxOffersPerRequest: 2,
  chatsPerAgent: 5,
  idleTimeoutMinutes: 10,
  reofferAfterSeconds: 60,
  waitSeconds: 0,
}

const FALLBACK_MESSAGES = {
  fallbackMessage: 'No agent is available at the moment. Please leave a message or choose another time.',
  chatFallbackMessage:
    'No agent is available for a chat at the moment. Please leave a message or book a meeting.',
}

interface NewWorkspace {
  name: string
  timeZone: string
  allowedOrigins: string[]
  /** Default: a new one. */
  publicKey?: string
  now: Date
}

/** @returns the workspace, and the ids of its built-in roles by name */
export async function createWorkspace(
  tx: Transaction,
  { name, timeZone, allowedOrigins, publicKey = newPublicKey(), now }: NewWorkspace,
) {
  const workspace = await tx.workspace.create({
    data: {
      name,
      timeZone,
      allowedOrigins,
      publicKey,
      ...FALLBACK_MESSAGES,
      ...LIVE_CHAT_DEFAULTS,
      createdAt: now,
      roles: { create: BUILT_IN_ROLES.map((role) => ({ ...role, builtIn: true })) },
      attributes: { createMany: { data: builtInAttributes(now) } },
      identitySecret: randomBytes(IDENTITY_SECRET_BYTES),
      routingPools: { create: [{ kind: 'MEETING' }, { kind: 'LIVE_CHAT' }] },
    },
    include: { roles: true },
  })
  const roleIds = new Map(workspace.roles.map((role) => [role.name, role.id]))
  return { workspace, roleIds }
}

const builtInAttributes = (createdAt: Date) =>
  BUILT_IN_ATTRIBUTES.map(({ entity, name, label, type }) => {
    return { entity, name, label, type, builtIn: true, createdAt }
  })

const newPublicKey = () => `pk_${randomBytes(16).toString('base64url')}`
