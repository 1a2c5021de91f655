export function fillReferences<Value>(value: Value, answers: Record<string, unknown>): Value
export function indexOfSource(examples: readonly { query: string }[], path: string): number
export function unfilledReference(value: unknown): string | null
