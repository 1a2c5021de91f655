// graphql-eslint's recommended rules and those for Relay, for the schema and for all documented operations, with each
// exception and its reason. Run it in the root of the project.
import graphql from '@graphql-eslint/eslint-plugin'
import { isObjectType } from 'graphql'
import { schema } from './schema.ts'

const { configs, parser } = graphql
const SCHEMA = 'schema.graphql'
const OPERATIONS = 'test/clients/{operations,generated/docs}/*.graphql'

const values = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !type.getInterfaces().some(({ name }) => name === 'Node'))
  .map(({ name }) => name)

const SCHEMA_EXCEPTIONS = {
  // Only what can be read again by its id has one. The others are values, which belong to such an object.
  '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: values } }],
  // Connections have `nodes` for clients that need no cursors, and lists that are always short are no connections.
  '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
}

const OPERATION_EXCEPTIONS = {
  // The examples of the documentation are for pasting into GraphiQL, one at a time.
  '@graphql-eslint/no-anonymous-operations': 'off',
}

const lint = (files, rules) => ({
  files: [files],
  languageOptions: { parser, parserOptions: { graphQLConfig: { schema: SCHEMA, documents: OPERATIONS } } },
  plugins: { '@graphql-eslint': graphql },
  rules,
})

export default [
  lint(SCHEMA, {
    ...configs['flat/schema-recommended'].rules,
    ...configs['flat/schema-relay'].rules,
    ...SCHEMA_EXCEPTIONS,
  }),
  lint(OPERATIONS, { ...configs['flat/operations-recommended'].rules, ...OPERATION_EXCEPTIONS }),
]
