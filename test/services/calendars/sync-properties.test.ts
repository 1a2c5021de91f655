// Whatever agents do in their calendars, visitors and staff do here, and providers and networks do in between: once it is
// calm, and the calendars have been looked after, both sides agree. CALENDAR_SEED repeats a run.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Budget } from '../../kit/budget.ts'
import { PROVIDERS } from '../../kit/calendars.ts'
import { MINUTE } from '../../kit/clock.ts'
import { doSomething, SYNC_LOTS } from './sync-operations.ts'
import { calmDown, enterNewPeople, pass, type SyncScene, startSyncScene, writesOf } from './sync-scene.ts'
import { expectAgreement } from './sync-truth.ts'

/** Then it becomes calm, and the sides are compared. */
const OPERATIONS_AT_ONCE = 40
/** Then other people begin anew, so that calendars do not fill up. */
const CALMS_WITH_THE_SAME = 3
const REGULAR_READING_MS = 13 * MINUTE

describe.each(PROVIDERS)('a calendar of %s', (provider) => {
  const budget = new Budget('CALENDAR', { seconds: 5, kinds: [...new Set(SYNC_LOTS)] })
  let scene: SyncScene

  beforeAll(async () => {
    // When a calendar is read again must not make one run unlike the next.
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    scene = await startSyncScene(provider, {
      seed: budget.seed,
      lots: SYNC_LOTS,
      note: (what) => budget.note(what),
    })
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await scene?.app.stop()
  })

  it(
    `agrees with what is known and written here, after ${budget.extent} changes and faults on either side`,
    async () => {
      let calms = 0
      try {
        await budget.run(async () => {
          if (calms++ % CALMS_WITH_THE_SAME === 0) await enterNewPeople(scene)
          await doMuch(scene)
          await calmDown(scene)
          await expectAgreement(scene)
          await expectNoEcho(scene)
          await expectAgreement(scene)
        })
      } catch (error) {
        throw new Error(scene.story.slice(-3 * OPERATIONS_AT_ONCE).join('\n'), { cause: error })
      }
    },
    budget.deadlineMs,
  )
})

async function doMuch(scene: SyncScene): Promise<void> {
  for (let done = 0; done < OPERATIONS_AT_ONCE; done += 1) await doSomething(scene, { byUser: false })
}

/** Nothing is written because somebody looked, nor because of what the agent did. */
async function expectNoEcho(scene: SyncScene): Promise<void> {
  const written = writesOf(scene)
  for (let round = 0; round < 2; round += 1) await pass(scene, REGULAR_READING_MS)
  expect(writesOf(scene)).toBe(written)
  for (let done = 0; done < 8; done += 1) await doSomething(scene, { byUser: true })
  for (let round = 0; round < 3; round += 1) await pass(scene, REGULAR_READING_MS)
  expect(writesOf(scene)).toBe(written)
}
