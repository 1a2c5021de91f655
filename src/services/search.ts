// Searching for a piece of text as people type it.

export const MAX_SEARCH_LENGTH = 100

/** Matches text that contains the words as they are, upper and lower case being the same. For Prisma's filters,
 * which leave the wildcards of LIKE in what they are given. */
export function containing(words: string): { contains: string; mode: 'insensitive' } {
  return { contains: words.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' }
}
