// The settings for all meetings of a workspace.
import type { Workspace } from '../database/generated/client/client.ts'
import { MAX_FALLBACK_LENGTH } from '../services/workspaces/update-workspace.ts'
import { builder } from './builder.ts'
import { FallbackRef } from './shared.ts'
import { OMITTED_OR_NULL_STAYS, someText } from './texts.ts'

const MEETING_FALLBACK = 'What a visitor is shown when no agent takes meetings.'
const SLOT_OFFER = 'Which slots visitors are offered when several agents could take a meeting.'

const SlotOfferRef = builder.enumType('SlotOffer', {
  description: SLOT_OFFER,
  values: {
    ANY_AGENT: { description: 'The slots of all these agents.' },
    NEXT_AGENT: { description: 'Only the slots of the agent whose turn it is.' },
  },
})

const CONFIRMATION =
  'What a booking needs of a visitor for whose e-mail address the website does not vouch (`identityHash`).'
const MeetingConfirmationRef = builder.enumType('MeetingConfirmation', {
  description: CONFIRMATION,
  values: {
    NONE: { description: 'Nothing: it is booked at once.' },
    EMAIL: {
      description:
        'The visitor has to confirm it with the link in a mail to that address. Until then the time is only reserved, and neither the agent nor a calendar is told.',
    },
  },
})

export const MeetingSettingsRef = builder.objectRef<Workspace>('MeetingSettings').implement({
  description: 'The settings for all meetings of the workspace.',
  fields: (t) => ({
    fallback: t.field({
      type: FallbackRef,
      description: MEETING_FALLBACK,
      resolve: ({ fallbackMessage: message, fallbackOfferMeeting: offerMeeting }) => ({
        message,
        offerMeeting,
      }),
    }),
    slotOffer: t.expose('slotOffer', {
      type: SlotOfferRef,
      description: SLOT_OFFER,
    }),
    confirmation: t.expose('meetingConfirmation', {
      type: MeetingConfirmationRef,
      description: CONFIRMATION,
    }),
  }),
})

export const FallbackInput = builder.inputType('FallbackInput', {
  description: `What a visitor is shown when no agent is available. ${OMITTED_OR_NULL_STAYS}`,
  fields: (t) => ({
    message: t.string({ description: `A text for the visitor. ${someText(MAX_FALLBACK_LENGTH)}` }),
    offerMeeting: t.boolean({ description: 'Whether to offer the visitor a meeting at another time.' }),
  }),
})

export const MeetingSettingsInput = builder.inputType('MeetingSettingsInput', {
  description: `Changes to the settings for all meetings. ${OMITTED_OR_NULL_STAYS}`,
  fields: (t) => ({
    slotOffer: t.field({
      type: SlotOfferRef,
      description: SLOT_OFFER,
    }),
    confirmation: t.field({ type: MeetingConfirmationRef, description: CONFIRMATION }),
    fallback: t.field({
      type: FallbackInput,
      description: MEETING_FALLBACK,
    }),
  }),
})
