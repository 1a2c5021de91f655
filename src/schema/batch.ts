// Reads what resolvers ask for at the same time in one statement. It caches nothing: what is asked for later is read again.
import type { SchemaContext } from './context.ts'

interface Batch<Value> {
  ids: Set<string>
  values: Promise<Map<string, Value>>
}

/** @param read reads the values of several ids, by id
 * @returns reads the value of one id; it throws an Error for an id without a value */
export function batched<Value>(
  read: (context: SchemaContext, ids: string[]) => Promise<Map<string, Value>>,
): (context: SchemaContext, id: string) => Promise<Value> {
  const batches = new WeakMap<SchemaContext, Batch<Value>>()
  const open = (context: SchemaContext): Batch<Value> => {
    const ids = new Set<string>()
    const values = afterResolvers().then(() => {
      batches.delete(context)
      return read(context, [...ids])
    })
    const batch = { ids, values }
    batches.set(context, batch)
    return batch
  }
  return async (context, id) => {
    const batch = batches.get(context) ?? open(context)
    batch.ids.add(id)
    const value = (await batch.values).get(id)
    if (value === undefined) throw new Error(`There is no value for ${id}.`)
    return value
  }
}

/** @returns after all resolvers that wait only for fulfilled promises have run */
const afterResolvers = () =>
  new Promise<void>((resolve) => {
    Promise.resolve().then(() => process.nextTick(resolve))
  })
