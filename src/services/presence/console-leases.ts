import { createLeaseTable } from './lease-table.ts'

/** Leases of open consoles. An agent is signed in while one of them runs (docs/semantics.md, section 7). */
export const consoleLeases = createLeaseTable({ table: 'ConsoleLease', client: 'agentId' })
