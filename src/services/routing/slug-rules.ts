// Slugs: readable names of agents and teams for the addresses of pages, such as `ada-lovelace`. Pure.

export const MAX_SLUG_LENGTH = 60
/** The slug of all agents in turn, which no agent and no team can have. */
export const EVERYBODY = 'everybody'

/** What a slug consists of. The database has the same rule as a check. */
export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Leaves room for the number of `freeSlug`. */
const LONGEST_MADE = MAX_SLUG_LENGTH - 8

/** Latin letters that are no letter with an accent. */
const TRANSCRIBED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** @param fallback the slug of a name without Latin letters and digits
 * @returns a slug that resembles the name: `Zoë O'Neill` gives `zoe-o-neill` */
export function slugFrom(name: string, fallback: string): string {
  const latin = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => TRANSCRIBED[letter] ?? '')
  const words = latin.replace(/[^a-z0-9]+/g, '-')
  return trimHyphens(trimHyphens(words).slice(0, LONGEST_MADE)) || fallback
}

/** @returns the slug itself, or with the first number that makes it one that is not taken */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  if (slug !== EVERYBODY && !taken.has(slug)) return slug
  let number = 2
  while (taken.has(`${slug}-${number}`)) number++
  return `${slug}-${number}`
}

const trimHyphens = (text: string) => text.replace(/^-+|-+$/g, '')
