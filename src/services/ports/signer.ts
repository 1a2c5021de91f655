// The port that signs and verifies small tokens with the installation's secret key.

export type SigningPurpose =
  | 'meeting-link'
  | 'meeting-request'
  | 'proof-of-work'
  | 'demo-identity'
  | 'event-cursor'
  | 'budget'

export interface Signer {
  /** @returns the payload and its signature, both base64url, joined by a dot */
  sign(purpose: SigningPurpose, payload: Buffer): string
  /** @returns the signature alone, for a payload that the reader knows already */
  signature(purpose: SigningPurpose, payload: Buffer): Buffer
  /** @returns the payload, or null when the token was not made by `sign` for this purpose */
  verify(purpose: SigningPurpose, token: string): Buffer | null
}
