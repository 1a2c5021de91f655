import type { Trigger } from '../services/dialogues/definition/draft.ts'
import { builder } from './builder.ts'

export const DialogueTriggerRef = builder.objectRef<Trigger>('DialogueTrigger').implement({
  description:
    'When a dialogue is shown after the page has opened. The client measures, and all that are given must be met.',
  fields: (t) => ({
    timeOnPageSeconds: t.exposeInt('timeOnPageSeconds', {
      nullable: true,
      description:
        'How many seconds the visitor must have spent on the page, by its path: the sum over all views of it. Hidden tabs do not count. Null: no matter.',
    }),
    timeOnSiteSeconds: t.exposeInt('timeOnSiteSeconds', {
      nullable: true,
      description:
        'How many seconds the visitor must have spent on the pages of the website in this visit. Hidden tabs do not count. Null: no matter.',
    }),
    scrollPercent: t.exposeInt('scrollPercent', {
      nullable: true,
      description: 'How far down the page the visitor must have scrolled, in percent. Null: no matter.',
    }),
  }),
})
