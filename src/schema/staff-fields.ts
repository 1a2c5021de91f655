// Makes every field that only staff can read nullable, so that a visitor who selects one still gets the rest of the
// answer: the field is null, with an error of its own.
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'

const NAME = 'staffFields'

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      staffFields: StaffFieldsPlugin<Types>
    }
  }
}

class StaffFieldsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (!('authScopes' in field.pothosOptions)) return field
    return { ...field, type: { ...field.type, nullable: true } }
  }
}

SchemaBuilder.registerPlugin(NAME, StaffFieldsPlugin)
export default NAME
