// Loaded before every test file with a database: a transaction that takes its locks out of order fails.
import { watchLocks } from '../../src/database/lock-order.ts'

watchLocks()
