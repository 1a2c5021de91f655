// Hides the schema: no introspection, and no "Did you mean …?", which would give it away piece by piece.
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** For an installation with introspection switched off. */
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
