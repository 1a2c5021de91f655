// Refuses to send an answer that is too large. It is serialised here, once, and Yoga sends the text.
import { type ExecutionResult, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { AnswerTooLargeError, isTooLarge } from './answer-limit.ts'

/** Answers ANSWER_TOO_LARGE. Must come after every plugin that adds to a result. Answers of subscriptions are limited
 * where they are executed (live/live-operation.ts). */
export function useAnswerLimit(): Plugin {
  return {
    onExecute({ args: { document, operationName } }) {
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return
          const json = JSON.stringify(result)
          if (isTooLarge(json)) {
            const operation = getOperationAST(document, operationName)?.operation ?? 'query'
            setResult({ errors: [new AnswerTooLargeError(operation)] })
            // Yoga takes out of errors what clients must not see, so it serialises these itself.
          } else if (result.errors === undefined) setResult(toSerialised(result, json))
        },
      }
    },
  }
}

/** Yoga sends what `stringify` returns. */
function toSerialised(result: ExecutionResult, json: string): ExecutionResult & { stringify(): string } {
  return { ...result, stringify: () => json }
}
