// Prisma's command line settings. Only the generator is used: migrations run through `npm run migration`.
import { defineConfig } from 'prisma/config'

// The command line would download a native schema engine although `generate` runs in WebAssembly;
// it only checks that this file exists (docs/gotchas.md, "prisma downloads an engine").
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({ schema: 'prisma/schema.prisma' })
