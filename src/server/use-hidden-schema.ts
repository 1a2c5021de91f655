// Hides the schema: refuses introspection, and removes "Did you mean …?", which would reveal the schema bit by bit.
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** Belongs into a server whose operator has switched introspection off. */
export function useHiddenSchema(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule)
    },
    onExecutionResult({ result }) {
      if (result === undefined || Symbol.asyncIterator in result) return
      for (const error of result.errors ?? []) {
        error.message = error.message.replace(/ Did you mean .*\?$/s, '')
      }
    },
  }
}
