// Bearer tokens of the demo identities, accepted only in demo mode. They are signed, not stored, so that they stay the
// same across restarts.
import { parse, stringify } from 'uuid'
import type { Signer } from '../ports/signer.ts'

export const DEMO_TOKEN_PREFIX = 'sbd_'

export function signDemoToken(signer: Signer, agentId: string): string {
  return DEMO_TOKEN_PREFIX + signer.sign('demo-identity', Buffer.from(parse(agentId)))
}

/** @returns the agent's id, or null when we did not sign the token */
export function readDemoToken(signer: Signer, token: string): string | null {
  const payload = signer.verify('demo-identity', token.slice(DEMO_TOKEN_PREFIX.length))
  return payload?.length === 16 ? stringify(payload) : null
}
