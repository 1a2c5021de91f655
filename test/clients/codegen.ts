import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['generated/documents/*.graphql', 'operations/*.graphql', '../../docs/examples/*.graphql'],
  generates: { 'generated/codegen/': { preset: 'client', config: { useTypeImports: true } } },
}

export default config
