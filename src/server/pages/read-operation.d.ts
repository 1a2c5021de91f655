interface Given {
  query: string
  operationName?: string | null
}

export function readOperation<Operation extends Given>(
  given: Operation,
): { operation: Omit<Operation, 'operationName'> & Given; isSubscription: boolean }
