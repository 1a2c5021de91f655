// Partial answers: `fields` selects the parts of an answer, for example `timeZone,items(id,start/dateTime)`.
import { invalid } from './errors.ts'

/** The selected fields of an object; `*` stands for any field. An empty selection means the whole object. */
type Selection = Map<string, Selection>

/** @param fields null selects everything
 * @throws 400 for a malformed selection */
export function selectFields(body: unknown, fields: string | null): unknown {
  if (fields === null) return body
  const reader = { text: fields, at: 0 }
  const selection = readSelection(reader)
  if (reader.at < fields.length) throw refusalOf(fields)
  return pick(body, selection)
}

const refusalOf = (text: string) => invalid(`Invalid field selection ${text}`, 'parameter fields')

interface Reader {
  text: string
  at: number
}

/** Reads `a,b/c,d(e,f)` up to the end or a closing bracket. */
function readSelection(reader: Reader): Selection {
  const selection: Selection = new Map()
  do {
    const inner = readPath(reader, selection)
    if (!takes(reader, '(')) continue
    for (const [name, part] of readSelection(reader)) inner.set(name, part)
    if (!takes(reader, ')')) throw refusalOf(reader.text)
  } while (takes(reader, ','))
  return selection
}

/** Reads `b/c` into the selection. @returns the selection of its last part */
function readPath(reader: Reader, selection: Selection): Selection {
  const [name] = /^[\w*]+/.exec(reader.text.slice(reader.at)) ?? []
  if (!name) throw refusalOf(reader.text)
  reader.at += name.length
  const inner = selection.get(name) ?? new Map()
  selection.set(name, inner)
  return takes(reader, '/') ? readPath(reader, inner) : inner
}

function takes(reader: Reader, sign: string): boolean {
  if (reader.text[reader.at] !== sign) return false
  reader.at += 1
  return true
}

function pick(value: unknown, selection: Selection): unknown {
  if (selection.size === 0 || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => pick(item, selection))
  const picked = Object.entries(value).flatMap(([field, inner]) => {
    const wanted = selection.get(field) ?? selection.get('*')
    return wanted ? [[field, pick(inner, wanted)]] : []
  })
  return Object.fromEntries(picked)
}
