// The error members of result unions.

import type { CalendarStatus, OfferState, Permission } from '../database/generated/client/enums.ts'
import {
  CalendarConnectionError,
  ConflictError,
  ForbiddenError,
  type InputIssue,
  InvalidInputError,
  NoAgentAvailableError,
  NotFoundError,
  OfferNoLongerOpenError,
  QuotaExceededError,
} from '../errors.ts'
import { builder } from './builder.ts'
import { OfferStateRef } from './chat-enums.ts'
import { CalendarStatusRef, FallbackRef, PermissionRef } from './shared.ts'

export const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  description:
    'Why a mutation did nothing. Which kind it is, its type says; `message` may be shown to people.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'One or two English sentences.' }),
  }),
})

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One value of the input that is not acceptable.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'Where it stands in the arguments, for example `["input", "weekly", "0", "end"]`.',
    }),
    message: t.exposeString('message', { description: 'What it must be instead, as an English sentence.' }),
  }),
})

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'Values of the input are not acceptable. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'Every fault that was found, at least one.',
      resolve: (error) => error.issues,
    }),
  }),
})

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description:
    'There is nothing with this id, or nothing that the viewer may know of. The message names the argument.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: true, description: 'The id that was asked for.' }),
  }),
})

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'The viewer may not do this.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    permission: t.field({
      type: PermissionRef,
      nullable: true,
      description: 'The permission that is missing; null when no permission would help.',
      resolve: (error: ForbiddenError) => error.permission as Permission | null,
    }),
  }),
})

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description:
    'The present state of things does not allow it, for example a meeting that is cancelled already.',
  interfaces: [ErrorInterface],
})

builder.objectType(NoAgentAvailableError, {
  name: 'NoAgentAvailableError',
  description: 'Nobody of those asked for takes meetings at present, at whatever time.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    fallback: t.field({
      type: FallbackRef,
      nullable: true,
      description: 'What to show the visitor instead.',
      resolve: (error) => error.fallback,
    }),
  }),
})

builder.objectType(CalendarConnectionError, {
  name: 'CalendarConnectionError',
  description: 'The calendar could not be used. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    status: t.field({
      type: CalendarStatusRef,
      description: 'Whether the calendar is connected.',
      resolve: (error: CalendarConnectionError) => error.status as CalendarStatus,
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same call may succeed later without anybody doing something.',
    }),
  }),
})

builder.objectType(OfferNoLongerOpenError, {
  name: 'OfferNoLongerOpenError',
  description: 'The offer was answered, or came to nothing, before.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    state: t.field({
      type: OfferStateRef,
      description: 'What became of it.',
      resolve: (error: OfferNoLongerOpenError) => error.state as OfferState,
    }),
  }),
})

builder.objectType(QuotaExceededError, {
  name: 'QuotaExceededError',
  description: 'More than is allowed within a time. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'How many are allowed within that time.' }),
    resetsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the next one is allowed; null: not by itself.',
      resolve: ({ resetsAt }) => resetsAt,
    }),
  }),
})
