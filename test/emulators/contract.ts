// Validates an exchange with an emulator against the vendor's description (OpenAPI 3.0): path, query, body and answer.
// This keeps both the emulator and the client from deviating from the vendor's API.
import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { LoggedRequest } from './request-log.ts'

export interface Exchange {
  method: string
  /** As in the description: with its prefix, without the query. */
  path: string
  query: URLSearchParams
  /** The parsed body; undefined when there was none. So is the body of the response. */
  requestBody?: unknown
  status: number
  responseBody?: unknown
}

interface Contract {
  /** @returns each violation of the description as a sentence. Answers with an error status are not validated, because
   *   the descriptions do not contain them. */
  check(exchange: Exchange): string[]
}

interface Schema {
  [keyword: string]: unknown
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: Schema
}

interface Body {
  content?: Record<string, { schema: Schema }>
}

interface Operation {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: Body
  responses: Record<string, Body | { $ref: string }>
}

interface OpenApi {
  paths: Record<string, Record<string, unknown>>
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const FORMATS = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': DATE_TIME,
  int32: { type: 'number', validate: (value: number) => Number.isInteger(value) },
  int64: /^-?\d+$/,
} as const

/** @param file an OpenAPI 3.0 document in JSON
 * @param options.closed refuses fields of bodies and parameters of queries that the description does not name; only
 *   possible for descriptions without `allOf`
 * @param options.amend corrects the document where it differs from the vendor's API */
export function readContract(
  file: string | URL,
  options: { closed?: boolean; amend?: (document: unknown) => void } = {},
): Contract {
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApi
  options.amend?.(document)
  if (options.closed) closeObjects(document)
  const validators = createValidators(document)
  return {
    check: (exchange) => checkExchange(exchange, document, { ...validators, closed: !!options.closed }),
  }
}

/** The exchange of a logged request; undefined when the emulator did not answer. */
export function exchangeOf({ method, path, query, body, answer }: LoggedRequest): Exchange | undefined {
  if (!answer) return undefined
  const isJson = body.startsWith('{') || body.startsWith('[')
  return {
    method,
    path,
    query,
    status: answer.status,
    requestBody: isJson ? JSON.parse(body) : undefined,
    // Serialised and parsed, as the client gets it: without undefined fields.
    responseBody: answer.body === undefined ? undefined : JSON.parse(JSON.stringify(answer.body)),
  }
}

interface Validators {
  body(schema: Schema): ValidateFunction
  text(schema: Schema): ValidateFunction
  closed: boolean
}

function createValidators(document: OpenApi): Omit<Validators, 'closed'> {
  const common = { strict: false, allErrors: true, logger: false, formats: FORMATS } as const
  const bodies = new Ajv(common).addSchema(document, 'document')
  const texts = new Ajv({ ...common, coerceTypes: 'array' }).addSchema(document, 'document')
  const compiled = new Map<Schema, ValidateFunction>()
  const compile = (ajv: Ajv, schema: Schema) => {
    const known = compiled.get(schema) ?? ajv.compile(withAbsoluteReferences(schema))
    compiled.set(schema, known)
    return known
  }
  return { body: (schema) => compile(bodies, schema), text: (schema) => compile(texts, schema) }
}

function checkExchange(exchange: Exchange, document: OpenApi, validators: Validators): string[] {
  const { method, path } = exchange
  const found = findPath(document, path)
  const operation = found?.item[method.toLowerCase()] as Operation | undefined
  if (!found || !operation) return [`${method} ${path} is not described.`]
  const parameters = [...((found.item.parameters ?? []) as Operation['parameters'] & object)]
    .concat(operation.parameters ?? [])
    .map((parameter) => resolve<Parameter>(document, parameter))
  return [
    ...checkQuery(exchange.query, parameters, validators),
    ...checkRequestBody(exchange, operation, validators),
    ...checkResponse(exchange, operation, { document, validators }),
  ].map((complaint) => `${method} ${path}: ${complaint}`)
}

/** Of the described paths that match, the one with the fewest placeholders. */
function findPath(document: OpenApi, path: string) {
  const matching = Object.entries(document.paths).filter(([template]) => {
    const pattern = template
      .split(/\{[^}]+\}/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]+')
    return new RegExp(`^${pattern}$`).test(path)
  })
  const holes = (template: string) => template.split('{').length
  const [best] = matching.sort(([one], [other]) => holes(one) - holes(other))
  return best && { item: best[1] }
}

function checkQuery(query: URLSearchParams, parameters: Parameter[], validators: Validators): string[] {
  const described = parameters.filter((parameter) => parameter.in === 'query')
  const unknown = [...new Set(query.keys())].filter((name) => !described.some((one) => one.name === name))
  const wrong = described.flatMap(({ name, required, schema }) => {
    const values = query.getAll(name)
    if (values.length === 0) return required ? [`${name} is missing in the query.`] : []
    // Wrapped in an object, because Ajv writes coerced values back to the parent.
    const validate = validators.text(wrapped(schema))
    return complaints(validate, { value: values.length > 1 ? values : values[0] }, `the query's ${name}`)
  })
  return [
    ...(validators.closed ? unknown.map((name) => `${name} is not described for the query.`) : []),
    ...wrong,
  ]
}

const wrappers = new WeakMap<Schema, Schema>()
function wrapped(schema: Schema): Schema {
  const known = wrappers.get(schema) ?? { type: 'object', properties: { value: schema } }
  wrappers.set(schema, known)
  return known
}

function checkRequestBody(exchange: Exchange, operation: Operation, validators: Validators): string[] {
  const schema = schemaOf(operation.requestBody)
  if (exchange.requestBody === undefined) return []
  if (!schema) return ['a body was sent where none is described.']
  const sent = exchange.method === 'PATCH' ? withoutNulls(exchange.requestBody) : exchange.requestBody
  return complaints(validators.body(schema), sent, 'the body sent')
}

/** In a patch, null removes a field of any type. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const remaining = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(remaining.map(([field, inner]) => [field, withoutNulls(inner)]))
}

function checkResponse(
  { status, responseBody }: Exchange,
  operation: Operation,
  { document, validators }: { document: OpenApi; validators: Validators },
): string[] {
  if (status >= 400) return []
  const family = `${Math.floor(status / 100)}XX`
  const described = operation.responses[status] ?? operation.responses[family] ?? operation.responses[200]
  if (!described) return [`status ${status} is not described.`]
  const schema = schemaOf(resolve<Body>(document, described))
  if (!schema) return responseBody === undefined ? [] : ['an answer has a body where none is described.']
  return complaints(validators.body(schema), responseBody, 'the answer')
}

function complaints(validate: ValidateFunction, value: unknown, what: string): string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map((error) => `${what}${describe(error)}.`)
}

function describe({ instancePath, message, params }: ErrorObject): string {
  const extra = 'additionalProperty' in params ? ` (${params.additionalProperty})` : ''
  return `${instancePath ? ` at ${instancePath}` : ''} ${message}${extra}`
}

function schemaOf(body: Body | undefined): Schema | undefined {
  return body?.content?.['application/json']?.schema
}

function resolve<T>(document: unknown, value: T | { $ref: string }): T {
  if (typeof value !== 'object' || value === null || !('$ref' in value)) return value as T
  const steps = String(value.$ref).slice(2).split('/')
  return steps.reduce((part, step) => (part as Schema)[step], document) as T
}

/** A schema is compiled separately from its document, so its references must name the document. */
function withAbsoluteReferences(schema: Schema): Schema {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/')
  return JSON.parse(text) as Schema
}

/** Forbids unnamed fields in every object that names some. */
function closeObjects(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as Schema
  if (schema.type === 'object' && schema.properties && schema.additionalProperties === undefined) {
    schema.additionalProperties = false
  }
  for (const inner of Object.values(schema)) closeObjects(inner)
}
