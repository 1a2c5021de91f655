// Changes the settings of the workspace.
import { z } from 'zod'
import type { Prisma, Workspace } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import { isPhoneCountry } from '../attributes/phone.ts'
import { grantTimeToWarn } from '../chat/idle-warnings.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import {
  email,
  fault,
  integer,
  line,
  MAX_NAME_LENGTH,
  parseInput,
  text,
  timeZone,
  toAsciiDomain,
} from '../input.ts'
import { runTransaction } from '../transaction.ts'

export const MAX_FALLBACK_LENGTH = 1000
export const MAX_ORIGINS = 50
export const MAX_BLOCKED_EMAILS = 500
const MAX_DOMAIN_LENGTH = 253

/** The smallest and the largest value of each setting. */
export const LIVE_CHAT_BOUNDS = {
  offerTimeoutSeconds: [10, 600],
  maxOffersPerRequest: [1, 10],
  chatsPerAgent: [1, 10],
  idleTimeoutMinutes: [1, 1440],
  reofferAfterSeconds: [0, 3600],
  waitSeconds: [0, 600],
} as const

/** Scheme, host and port, as a browser sends them in the Origin header. Wildcards are not supported. */
const origin = z.string().transform((value, check) => {
  if (/^https?:\/\/[^/?#\\@*\s]+$/i.test(value) && URL.canParse(value)) return new URL(value).origin
  check.addIssue({
    code: 'custom',
    ...fault('INVALID_FORMAT', 'Must be an origin without a path, for example https://www.example.com.'),
  })
  return z.NEVER
})

/** The part of an e-mail address after the @, in lower case like stored addresses. */
const emailDomain = z
  .string()
  .toLowerCase()
  .transform(toAsciiDomain)
  .pipe(
    z
      .string()
      .max(MAX_DOMAIN_LENGTH)
      .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/),
  )

const emailOrDomain = z
  .string()
  .trim()
  .transform((value, check) => {
    const { data } = (value.includes('@') ? email : emailDomain).safeParse(value)
    if (data !== undefined) return data
    const message =
      'Must be an e-mail address or the domain of one, for example eve@example.com or example.com.'
    check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', message) })
    return z.NEVER
  })

const fallback = z.object({
  message: text(MAX_FALLBACK_LENGTH).min(1, 'Must not be empty.').nullish(),
  offerMeeting: z.boolean().nullish(),
})

const meetingSettings = z.object({
  slotOffer: z.enum(['ANY_AGENT', 'NEXT_AGENT']).nullish(),
  confirmation: z.enum(['NONE', 'EMAIL']).nullish(),
  fallback: fallback.nullish(),
})

const liveChatSettings = z.object({
  offerTimeoutSeconds: integer(...LIVE_CHAT_BOUNDS.offerTimeoutSeconds).nullish(),
  maxOffersPerRequest: integer(...LIVE_CHAT_BOUNDS.maxOffersPerRequest).nullish(),
  chatsPerAgent: integer(...LIVE_CHAT_BOUNDS.chatsPerAgent).nullish(),
  idleTimeoutMinutes: integer(...LIVE_CHAT_BOUNDS.idleTimeoutMinutes).nullish(),
  reofferAfterSeconds: integer(...LIVE_CHAT_BOUNDS.reofferAfterSeconds).nullish(),
  waitSeconds: integer(...LIVE_CHAT_BOUNDS.waitSeconds).nullish(),
  toggleResetsAtMidnight: z.boolean().nullish(),
  fallback: fallback.nullish(),
})

/** An empty text stands for none. */
const phoneCountry = z
  .string()
  .trim()
  .toUpperCase()
  .refine(
    (code) => code === '' || isPhoneCountry(code),
    fault('UNKNOWN', 'Must be the code of a country in two letters, for example US, or empty.'),
  )

const updateWorkspaceInput = z.object({
  name: line(MAX_NAME_LENGTH).nullish(),
  timeZone: timeZone.nullish(),
  allowedOrigins: z.array(origin).max(MAX_ORIGINS, `Must be at most ${MAX_ORIGINS} origins.`).nullish(),
  chatEnabled: z.boolean().nullish(),
  blockedEmails: z
    .array(emailOrDomain)
    .max(MAX_BLOCKED_EMAILS, `Must be at most ${MAX_BLOCKED_EMAILS} addresses and domains.`)
    .nullish(),
  blocksDisposableEmails: z.boolean().nullish(),
  phoneCountry: phoneCountry.nullish(),
  visitProtection: z.enum(['NONE', 'PROOF_OF_WORK']).nullish(),
  liveChatSettings: liveChatSettings.nullish(),
  meetingSettings: meetingSettings.nullish(),
})

type Settings = z.output<typeof updateWorkspaceInput>

/** Omitted and null fields keep their values.
 * @returns the workspace afterwards
 * @throws ForbiddenError without MANAGE_CONFIGURATION
 * @throws InvalidInputError */
export async function updateWorkspace(
  context: RequestContext,
  raw: z.input<typeof updateWorkspaceInput>,
): Promise<Workspace> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_CONFIGURATION')
  const settings = parseInput(updateWorkspaceInput, raw)
  return runTransaction(context, async (tx) => {
    noteLocks(tx, 'workspace', [workspaceId])
    const workspace = await tx.workspace.update({
      where: { id: workspaceId },
      data: {
        ...generalColumns(settings),
        ...meetingColumns(settings.meetingSettings),
        ...liveChatColumns(settings.liveChatSettings),
      },
    })
    if (typeof settings.liveChatSettings?.toggleResetsAtMidnight === 'boolean') {
      await scheduleStatusAnnouncements(tx, workspaceId)
    }
    const now = context.clock.now()
    if (settings.liveChatSettings?.idleTimeoutMinutes) await grantTimeToWarn(tx, { workspaceId, now })
    await appendEvents(tx, { workspaceId, at: now, events: [newEvent.workspaceChanged()] })
    return workspace
  })
}

function generalColumns(settings: Settings): Prisma.WorkspaceUpdateInput {
  const { name, timeZone, allowedOrigins, chatEnabled, blockedEmails } = settings
  return {
    name: name ?? undefined,
    timeZone: timeZone ?? undefined,
    allowedOrigins: allowedOrigins ? [...new Set(allowedOrigins)] : undefined,
    chatEnabled: chatEnabled ?? undefined,
    blockedEmails: blockedEmails ? [...new Set(blockedEmails)] : undefined,
    blocksDisposableEmails: settings.blocksDisposableEmails ?? undefined,
    visitProtection: settings.visitProtection ?? undefined,
    phoneCountry: settings.phoneCountry === '' ? null : (settings.phoneCountry ?? undefined),
  }
}

function meetingColumns(settings: Settings['meetingSettings']): Prisma.WorkspaceUpdateInput {
  return {
    slotOffer: settings?.slotOffer ?? undefined,
    meetingConfirmation: settings?.confirmation ?? undefined,
    fallbackMessage: settings?.fallback?.message ?? undefined,
    fallbackOfferMeeting: settings?.fallback?.offerMeeting ?? undefined,
  }
}

function liveChatColumns(settings: Settings['liveChatSettings']): Prisma.WorkspaceUpdateInput {
  return {
    offerTimeoutSeconds: settings?.offerTimeoutSeconds ?? undefined,
    maxOffersPerRequest: settings?.maxOffersPerRequest ?? undefined,
    chatsPerAgent: settings?.chatsPerAgent ?? undefined,
    idleTimeoutMinutes: settings?.idleTimeoutMinutes ?? undefined,
    reofferAfterSeconds: settings?.reofferAfterSeconds ?? undefined,
    waitSeconds: settings?.waitSeconds ?? undefined,
    toggleResetsAtMidnight: settings?.toggleResetsAtMidnight ?? undefined,
    chatFallbackMessage: settings?.fallback?.message ?? undefined,
    chatFallbackOfferMeeting: settings?.fallback?.offerMeeting ?? undefined,
  }
}

/** The setting changes when toggles end, so the next sweep must read every live-chat status of the workspace again. */
async function scheduleStatusAnnouncements(tx: Transaction, workspaceId: string): Promise<void> {
  await tx.liveChatAvailability.updateMany({ where: { workspaceId }, data: { announceAt: null } })
}
