// The port that encrypts secrets of others, which we must be able to read again.

export interface SecretBox {
  /** @param place where the sealed secret is kept: it cannot be opened for another place
   * @returns key id, initialisation vector, tag, ciphertext */
  seal(secret: string, place: string): Buffer<ArrayBuffer>
  /** @throws Error when it was changed, moved to another place, or sealed with an unknown key */
  open(sealed: Uint8Array, place: string): string
  /** Whether it was sealed with the present key. */
  isCurrent(sealed: Uint8Array): boolean
}
