// Searches for text as users type it.

export const MAX_SEARCH_LENGTH = 100

/** A Prisma filter for text that contains `words`, regardless of case. Escapes the wildcards of LIKE, which Prisma does
 * not do. */
export function containing(words: string): { contains: string; mode: 'insensitive' } {
  return { contains: words.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' }
}
