// Writes the operations that the compilers compile to `generated`: one for each mutation, and those in the documentation.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mutationNames } from './schema.ts'
import { everyMemberOf } from './select-members.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')
const GENERATED = join(HERE, 'generated')
const GRAPHQL_BLOCK = /^```graphql\n(.*?)^```/gms

rmSync(GENERATED, { recursive: true, force: true })
for (const folder of ['documents', 'docs', 'relay']) mkdirSync(join(GENERATED, folder), { recursive: true })
// relay-compiler only adds to the file that it writes the texts to.
writeFileSync(join(GENERATED, 'relay-texts.json'), '{}')

for (const name of mutationNames) {
  const operation = everyMemberOf(name)
  writeFileSync(join(GENERATED, 'documents', `${name}.graphql`), operation)
  const module = `import { graphql } from 'relay-runtime'\n\nexport default graphql\`${operation}\`\n`
  writeFileSync(join(GENERATED, 'relay', `${name}.ts`), module)
}

const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
for (const page of ['README.md', ...pages.map((path) => join('docs', path))]) {
  const name = page.replaceAll(/[/.]/g, '-')
  if (page.endsWith('.graphql')) {
    writeFileSync(join(GENERATED, 'docs', `${name}.graphql`), readFileSync(join(ROOT, page)))
  }
  if (!page.endsWith('.md')) continue
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(GRAPHQL_BLOCK)
  for (const [index, [, block = '']] of [...blocks].entries()) {
    writeFileSync(join(GENERATED, 'docs', `${name}-${index + 1}.graphql`), block)
  }
}
