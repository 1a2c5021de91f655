// Being told by Microsoft that a calendar has changed.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { faultOf, meetingEvent } from '../../kit/google-calendar.ts'
import { startMicrosoftCalendar } from '../../kit/microsoft-calendar.ts'

/** Answers Microsoft's question whether it is ours. */
async function startHook() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://hook')
    asked.push(url.pathname + (url.searchParams.has('lifecycle') ? ' lifecycle' : ''))
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.end(url.searchParams.get('validationToken') ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { asked, webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/changes` }
}

const wish = (webhookUrl: string, expiresAt = '2026-03-11T12:00:00Z') => ({
  channelId: '5b0e4f0e-64a1-4f52-8d0e-2f3a1c9d7b11',
  secret: 'our secret',
  webhookUrl,
  expiresAt: new Date(expiresAt),
})

describe('a watch', () => {
  it('tells of changes at both addresses, with our secret and the ids that stay', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const hook = await startHook()
    const watch = await calendar.openChannel(access, wish(hook.webhookUrl))
    expect(watch).toMatchObject({ resourceId: null, expiresAt: new Date('2026-03-11T12:00:00Z') })
    expect(hook.asked).toEqual(['/changes', '/changes lifecycle'])
    expect(microsoft.subscriptions(agent.email)).toMatchObject([{ id: watch?.providerId }])
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    await microsoft.push.settled()
    expect(microsoft.push.deliveries.at(-1)).toMatchObject({
      url: hook.webhookUrl,
      answer: 200,
      value: [
        { clientState: 'our secret', subscriptionId: watch?.providerId, resourceData: { id: eventId } },
      ],
    })
  })

  it('F25: lasts as long as Microsoft says', async () => {
    const { calendar, access } = await startMicrosoftCalendar()
    const hook = await startHook()
    const watch = await calendar.openChannel(access, wish(hook.webhookUrl, '2026-03-09T12:01:00Z'))
    expect(watch?.expiresAt).toEqual(new Date('2026-03-09T12:45:00Z'))
  })

  it('is stopped once', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const hook = await startHook()
    const watch = await calendar.openChannel(access, wish(hook.webhookUrl))
    await calendar.closeChannel(access, watch!)
    expect(microsoft.subscriptions(agent.email)).toEqual([])
    await calendar.closeChannel(access, watch!)
  })

  it('is refused when Microsoft cannot reach us', async () => {
    const { calendar, access } = await startMicrosoftCalendar()
    const fault = await faultOf(calendar.openChannel(access, wish('http://127.0.0.1:9/changes')))
    expect(fault).toMatchObject({ kind: 'REFUSED', message: expect.stringContaining('ValidationError') })
  })
})
