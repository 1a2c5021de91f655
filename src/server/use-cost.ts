// Reports what an operation costs (docs/limits.md), to a client that asks for it in its request.
import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type ExecutionArgs, getOperationAST, Kind } from 'graphql'
import type { Plugin, YogaInitialContext } from 'graphql-yoga'
import type { Cost, SchemaContext } from '../schema/context.ts'

/** Adds `extensions.cost` to the result of a query or mutation whose request has `"extensions": { "cost": true }`.
 * Results of subscriptions have none, because all clients that asked for the same share them. */
export function useCost(): Plugin {
  return {
    onExecute({ args }) {
      const { params } = args.contextValue as YogaInitialContext
      if (params.extensions?.cost !== true) return
      return {
        onExecuteDone({ result, setResult }) {
          // Without `data`, the arguments were refused, and the cost depends on them.
          if (Symbol.asyncIterator in result || result.data === undefined) return
          setResult({ ...result, extensions: { ...result.extensions, cost: costOf(args) } })
        },
      }
    },
  }
}

function costOf(args: ExecutionArgs): Cost {
  const { schema, document, operationName, variableValues } = args
  const context = args.contextValue as SchemaContext
  const operation = getOperationAST(document, operationName)
  const definitions = document.definitions.filter(
    (definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition === operation,
  )
  const { complexity } = complexityFromQuery(
    { ...document, definitions },
    { schema, variables: variableValues ?? {}, ctx: context },
  )
  return { requested: complexity, maximum: context.maxCost }
}
