// The error types in the result unions of mutations.
import type { CalendarState, OfferState, Permission } from '../database/generated/client/enums.ts'
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
import { CalendarStateRef, FallbackRef, PermissionRef } from './shared.ts'

export const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  description:
    'Why a mutation changed nothing. The type says which kind of error it is; `message` is a text for people.',
  fields: (t) => ({
    message: t.exposeString('message', {
      description:
        'One or two English sentences. They may change: programs should use the type and the other fields.',
    }),
  }),
})

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'A value in the arguments that is not acceptable.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'Where the value is in the arguments, for example `["input", "weekly", "0", "end"]`.',
    }),
    message: t.exposeString('message', {
      description: 'What the value must be instead, as an English sentence.',
    }),
  }),
})

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'Values in the arguments are not acceptable. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'All faults that were found; at least one.',
      resolve: (error) => error.issues,
    }),
  }),
})

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description:
    'No object with this id is visible to the viewer, whether or not it exists. `message` names the argument.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: true,
      description:
        'The id as the client sent it, if it is not a global id of the expected type; null otherwise.',
    }),
  }),
})

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'The viewer is not allowed to do this.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    permission: t.field({
      type: PermissionRef,
      nullable: true,
      description: 'The missing permission; null if no permission would help.',
      resolve: (error: ForbiddenError) => error.permission as Permission | null,
    }),
  }),
})

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description:
    'The current state does not allow the change: for example, the meeting is already cancelled, or the idempotency key came with other input before.',
  interfaces: [ErrorInterface],
})

builder.objectType(NoAgentAvailableError, {
  name: 'NoAgentAvailableError',
  description:
    'None of the requested agents is eligible now, for a meeting at any time or for the transfer of a conversation.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    fallback: t.field({
      type: FallbackRef,
      nullable: true,
      description: 'What to show the visitor instead; null for a transfer.',
      resolve: (error) => error.fallback,
    }),
  }),
})

builder.objectType(CalendarConnectionError, {
  name: 'CalendarConnectionError',
  description: 'The calendar cannot be connected. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    state: t.field({
      type: CalendarStateRef,
      description: 'The state of the calendar.',
      resolve: (error: CalendarConnectionError) => error.state as CalendarState,
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether a retry of the same call may succeed later.',
    }),
  }),
})

builder.objectType(OfferNoLongerOpenError, {
  name: 'OfferNoLongerOpenError',
  description:
    'The offer is no longer pending: it was accepted, declined, rescinded or revoked, or it has expired.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    state: t.field({
      type: OfferStateRef,
      description: 'The state of the offer.',
      resolve: (error: OfferNoLongerOpenError) => error.state as OfferState,
    }),
  }),
})

builder.objectType(QuotaExceededError, {
  name: 'QuotaExceededError',
  description: 'A quota is used up. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'How many calls the quota allows within its window.' }),
    resetsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The instant at which the next call is allowed; null if waiting does not help.',
      resolve: ({ resetsAt }) => resetsAt,
    }),
  }),
})
