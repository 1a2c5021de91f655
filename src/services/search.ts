// Searches for text as users type it.

export const MAX_SEARCH_LENGTH = 100

/** Escapes the wildcards of LIKE, which Prisma does not do, also where it compares for equality. */
const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/** A Prisma filter for text that is `words`, regardless of case. */
export function equalling(words: string): { equals: string; mode: 'insensitive' } {
  return { equals: literal(words), mode: 'insensitive' }
}

/** A Prisma filter for text that contains `words`, regardless of case. */
export function containing(words: string): { contains: string; mode: 'insensitive' } {
  return { contains: literal(words), mode: 'insensitive' }
}
