// Drafts and definitions as JSON in the database. Only what was parsed or compiled is ever written there.
import type { Prisma } from '../../../database/generated/client/client.ts'
import type { Definition } from './compiled.ts'
import type { Draft } from './draft.ts'

export const draftFrom = ({ draft }: { draft: unknown }) => draft as Draft

export const definitionFrom = ({ definition }: { definition: unknown }) => definition as Definition

export const toJson = (content: Draft | Definition): Prisma.InputJsonObject =>
  JSON.parse(JSON.stringify(content))
