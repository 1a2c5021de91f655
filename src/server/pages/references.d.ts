export function fillReferences<Value>(value: Value, answers: Record<string, unknown>): Value
export function unfilledReference(value: unknown): string | null
