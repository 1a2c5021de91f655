// Reads the operator's folder of persisted documents at the start. What could not be executed later refuses the start,
// so that a client's operation does not fail in production first.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ConfigError, type Limits } from '../../config/config.ts'
import { checkDocument } from './check-document.ts'
import { hashOf, type MapEntry, readDocumentMap, readHash } from './document-map.ts'
import { PersistedDocuments } from './persisted-documents.ts'

/** @throws ConfigError that names every fault of every file */
export async function openPersistedDocuments(
  config: Pick<Config, 'persistedDocuments' | 'limits' | 'introspection'>,
): Promise<PersistedDocuments> {
  const { folder, mode } = config.persistedDocuments
  return new PersistedDocuments({
    texts: folder === null ? null : await readDocuments({ ...config, folder }),
    mode,
  })
}

interface FolderOptions {
  folder: string
  limits: Limits
  introspection: boolean
}

/** @returns the texts by their hashes */
async function readDocuments(options: FolderOptions): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>()
  const faults: string[] = []
  for (const file of await listFiles(options.folder)) {
    const path = join(options.folder, file)
    const entries = readDocumentMap(await readJson(path))
    if (entries === null)
      faults.push(`${path}: is neither a JSON map of hashes and documents nor a manifest of Apollo.`)
    for (const entry of entries ?? []) {
      const found = faultsOf(entry, options)
      faults.push(...found.map((fault) => `${path}: ${entry.id}: ${fault}`))
      documents.set(hashOf(entry.text), entry.text)
    }
  }
  if (faults.length > 0) refuse(faults)
  return documents
}

async function listFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: Error) => refuse([error.message]))
  const files = names.filter((name) => name.endsWith('.json')).sort()
  return files.length > 0 ? files : refuse([`${folder}: has no file that ends in .json.`])
}

/** @returns undefined if it is not JSON */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => refuse([error.message]))
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function faultsOf({ id, text }: MapEntry, options: FolderOptions): string[] {
  const hash = readHash(id)
  if (hash === null)
    return ['The key must be the SHA-256 of the document, as 64 lower-case hexadecimal digits.']
  if (hash !== hashOf(text)) return ['The key is not the SHA-256 of the document.']
  return checkDocument(text, options)
}

function refuse(faults: string[]): never {
  throw new ConfigError(faults.map((fault) => `PERSISTED_DOCUMENTS_DIR: ${fault}`).join('\n'))
}
