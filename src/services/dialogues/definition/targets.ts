// Targets: which pages a dialogue is for (docs/semantics.md, section 10). A target is an address in which `*` stands for
// all sub-domains as the first label of the host, or for everything below a folder as the last segment of the path.
// Everything else is literal.

/** A target or a page, as far as they are compared. */
interface Place {
  scheme: 'http' | 'https'
  /** In lower case and Punycode, without a trailing dot. */
  host: string
  port: number
  /** Of the path, decoded once, without a trailing slash. */
  segments: string[]
}

export interface Target extends Omit<Place, 'segments'> {
  /** Whether the host's sub-domains belong to it too. */
  hasSubdomains: boolean
  /** null: every page of the host. */
  segments: string[] | null
  /** Whether what is below the path belongs to it too. */
  isFolder: boolean
}

/** A page as `compileTargets` compares it. A page is read once, however many dialogues there are. */
export type Page = Place

const DEFAULT_PORT = { http: 80, https: 443 }

/** Scheme, user and password, host, and the first character of what follows. */
const ADDRESS = /^https?:\/\/([^/?#\\]*@)?([^/?#\\]+)([/?#\\]?)/i

/** @param text an address, with or without `*`
 * @returns the target, or why it is none: what it must be instead, as a sentence */
export function parseTarget(text: string): Target | { refusal: string } {
  const [, user, written = '', end] = ADDRESS.exec(text) ?? []
  if (end === undefined || !URL.canParse(text)) {
    return {
      refusal: 'Must be an address that begins with https:// or http://, for example https://site.com.',
    }
  }
  if (user !== undefined) return { refusal: 'Must not contain a user or a password.' }
  const { host, segments, ...place } = placeOf(new URL(text))
  const hasSubdomains = host.startsWith('*.')
  const domain = hasSubdomains ? host.slice(2) : host
  // An encoded `*` becomes one in the host.
  if (domain.includes('*') || domain === '' || (hasSubdomains && !written.startsWith('*'))) {
    return { refusal: 'In the host, * may only stand before the domain, for example https://*.site.com.' }
  }
  if (domain.split('.').includes('')) return { refusal: 'The host must not have two dots in a row.' }
  const hasPath = end === '/' || end === '\\'
  const isFolder = hasPath && isFolderPath(new URL(text).pathname)
  return {
    ...place,
    host: domain,
    hasSubdomains,
    segments: hasPath ? segments.slice(0, isFolder ? -1 : undefined) : null,
    isFolder,
  }
}

/** An encoded `%2A` is a literal `*`. */
const isFolderPath = (path: string) => /\/\*\/?$/.test(path)

/** @returns null for an address that no dialogue can be for, for example `file:` or `about:blank` */
export function readPage(url: URL): Page | null {
  return url.protocol === 'https:' || url.protocol === 'http:' ? placeOf(url) : null
}

function placeOf({ protocol, hostname, port, pathname }: URL): Place {
  const scheme = protocol === 'https:' ? 'https' : 'http'
  return {
    scheme,
    host: hostname.replace(/\.$/, ''),
    port: port === '' ? DEFAULT_PORT[scheme] : Number(port),
    segments: pathname.replace(/\/$/, '').split('/').slice(1).map(decodeOnce),
  }
}

/** @returns a segment that is not encoded correctly as it is */
function decodeOnce(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export interface Targets {
  targetUrls: string[]
  /** They win. */
  excludedUrls: string[]
}

/** Prepares targets, because they are compared with every page.
 * @returns tells whether a page is one of the targets and not excluded. Texts that are no targets match no page */
export function compileTargets({ targetUrls, excludedUrls }: Targets): (page: Page) => boolean {
  const targets = targetUrls.flatMap(parsed)
  const exclusions = excludedUrls.flatMap(parsed)
  return (page) => targets.some((target) => target(page)) && !exclusions.some((exclusion) => exclusion(page))
}

/** The same for a single page. */
export function matchesTargets(targets: Targets, pageUrl: URL): boolean {
  const page = readPage(pageUrl)
  return page !== null && compileTargets(targets)(page)
}

function parsed(text: string): ((page: Page) => boolean)[] {
  const target = parseTarget(text)
  if ('refusal' in target) return []
  const subdomains = `.${target.host}`
  const isOfHost = ({ host }: Page) =>
    host === target.host || (target.hasSubdomains && host.endsWith(subdomains))
  return [(page) => isOfHost(page) && agreesInScheme(target, page) && agreesInPath(target, page)]
}

/** A target with http takes both schemes, and their default ports agree. */
function agreesInScheme(target: Target, page: Page): boolean {
  if (target.scheme === 'https') return page.scheme === 'https' && page.port === target.port
  const areDefault = target.port === DEFAULT_PORT.http && page.port === DEFAULT_PORT[page.scheme]
  return areDefault || page.port === target.port
}

function agreesInPath({ segments, isFolder }: Target, page: Page): boolean {
  if (segments === null) return true
  if (isFolder ? page.segments.length < segments.length : page.segments.length !== segments.length)
    return false
  return segments.every((segment, index) => segment === page.segments[index])
}
