// Keeps secrets of others that we must be able to read again.

export interface SecretBox {
  /** @param place where it is kept: sealed for one place, it cannot be opened at another
   * @returns key id, initialisation vector, tag, ciphertext */
  seal(secret: string, place: string): Buffer<ArrayBuffer>
  /** @throws Error when it was changed, kept elsewhere, or sealed with a key that is not among ours */
  open(sealed: Uint8Array, place: string): string
  /** Whether it was sealed with the present key. */
  isCurrent(sealed: Uint8Array): boolean
}
