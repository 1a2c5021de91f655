// How texts are compared: without case, and without the difference between composed and decomposed letters.

const IS_ASCII = /^[\0-\x7f]*$/

/** @returns what texts that count as equal have in common. Small letters come before capital ones, because some letters
 * have only one of the two (ẞ and ß are both SS) */
export function foldText(text: string): string {
  if (IS_ASCII.test(text)) return text.toUpperCase()
  return text.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC')
}
