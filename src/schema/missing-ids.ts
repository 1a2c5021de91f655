// Adds to every NotFoundError the id that the client sent. Services know only UUIDs, and say which argument names the object;
// here, between the resolver and what becomes of its errors, the arguments are at hand as they were sent.
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import { NotFoundError } from '../errors.ts'

const NAME = 'missingIds'

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      missingIds: MissingIdsPlugin<Types>
    }
  }
}

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>

class MissingIdsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    return Object.keys(field.args).length > 0 ? withMissingId(resolve) : resolve
  }

  override wrapSubscribe(subscribe: Resolver<Types> | undefined): Resolver<Types> | undefined {
    return subscribe && withMissingId(subscribe)
  }
}

SchemaBuilder.registerPlugin(NAME, MissingIdsPlugin)
export default NAME

function withMissingId<Types extends SchemaTypes>(resolve: Resolver<Types>): Resolver<Types> {
  return async (parent, args, context, info) => {
    try {
      return await resolve(parent, args, context, info)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      throw new NotFoundError(error.argument.join('.'), idAt(args, error.argument))
    }
  }
}

/** @returns the id at a place in the arguments; null if there is none, or something else that names the object, such as a
 * slug or the link of a meeting */
function idAt(args: object, path: string[]): string | null {
  const name = path.findLast((key) => !/^\d+$/.test(key))
  if (name === undefined || !/Ids?$/.test(name)) return null
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key],
    args,
  )
  return typeof value === 'string' ? value : null
}
