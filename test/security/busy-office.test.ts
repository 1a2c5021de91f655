// The default budgets are not for honest people.
import { expect, it } from 'vitest'
import { DEFAULT_BUDGETS } from '../../src/config/budgets.ts'
import { createVisitor } from '../kit/booking.ts'
import { budgets, useBudgetScene } from './budget-scene.ts'

const { scene, startVisit, bookFor, calls } = useBudgetScene()

const EMPLOYEES = 50

it('an office behind one address visits, chooses, books and chats, all within one moment', async () => {
  Object.assign(budgets, DEFAULT_BUDGETS)
  const callOf = (title: string) => calls.find(([, known]) => known === title)![2]
  const [identify, slots, hold, chat, type, say, move] = [
    'identifyVisitor',
    'slots',
    'holdSlot',
    'requestLiveChat',
    'signalTyping',
    'sendMessage',
    'cancelMeeting',
  ].map(callOf)
  const employee = async (number: number) => {
    const token = await createVisitor(scene.app, scene.acme)
    const book = bookFor(`employee${number}@example.com`)
    const all = [
      startVisit,
      identify!,
      slots!,
      slots!,
      slots!,
      hold!,
      book,
      move!,
      chat!,
      type!,
      say!,
      type!,
      say!,
    ]
    return Promise.all(all.map((call) => call({ token })))
  }
  // The clock stands still.
  for (let number = 0; number < EMPLOYEES; number++) {
    expect((await employee(number)).filter(({ refused }) => refused)).toEqual([])
  }
})
