// Whose address counts: what a client writes into headers itself does not.
import { describe, expect, it } from 'vitest'
import { createClientAddresses } from '../../src/server/client-address.ts'
import { Notice } from '../../src/server/fault-log.ts'
import { eventually } from '../kit/eventually.ts'
import { openRawSocket } from '../kit/raw-socket.ts'
import { startOnPortForTest } from '../kit/server.ts'

const SECRET = 'a secret of the backend, 32 characters or more'

/** @returns the addresses that the server finds for these requests, and what it logs */
function addressesOf(
  { trustedProxies = [], backendSecret = null }: { trustedProxies?: string[]; backendSecret?: string | null },
  requests: { peer: string; headers?: Record<string, string> }[],
) {
  const logged: unknown[] = []
  const addressOf = createClientAddresses(
    { trustedProxies, backendSecret },
    { onError: (error) => logged.push(error) },
  )
  const addresses = requests.map(({ peer, headers = {} }) =>
    addressOf({ headers, socket: { remoteAddress: peer } as never }),
  )
  return { addresses, logged }
}

const forwarded = (list: string) => ({ 'x-forwarded-for': list })

describe('the headers of a proxy', () => {
  it('are ignored if they come from anybody else, which is logged once', () => {
    const { addresses, logged } = addressesOf({ trustedProxies: ['10.0.0.1'] }, [
      { peer: '203.0.113.9', headers: forwarded('198.51.100.1') },
      { peer: '203.0.113.9', headers: { forwarded: 'for=198.51.100.1' } },
      { peer: '10.0.0.2', headers: { 'x-real-ip': '198.51.100.1' } },
    ])
    expect(addresses).toEqual(['203.0.113.9', '203.0.113.9', '10.0.0.2'])
    expect(logged).toEqual([expect.any(Notice)])
    expect(String(logged[0])).toMatch(/203\.0\.113\.9 .*TRUSTED_PROXIES/)
  })

  it.each([
    ['198.51.100.1', '198.51.100.1'],
    ['6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['6.6.6.6, 198.51.100.1, 10.1.2.3', '198.51.100.1'],
    ['198.51.100.1:4711', '198.51.100.1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:198.51.100.1', '198.51.100.1'],
    ['10.1.2.3, 10.1.2.4', '10.1.2.3'],
    ['6.6.6.6, unknown', '10.0.0.1'],
    ['6.6.6.6, ', '10.0.0.1'],
    ['', '10.0.0.1'],
    ['6.6.6.6, 999.1.1.1', '10.0.0.1'],
  ])('name the client if they come from a proxy that is trusted: %s', (list, address) => {
    const { addresses, logged } = addressesOf({ trustedProxies: ['10.0.0.0/8', '2001:db8:ffff::/48'] }, [
      { peer: '10.0.0.1', headers: forwarded(list) },
      { peer: '::ffff:10.0.0.1', headers: forwarded(list) },
    ])
    expect(addresses).toEqual([address, address])
    expect(logged).toEqual([])
  })

  it('name it behind an IPv6 proxy too', () => {
    const trusting = { trustedProxies: ['2001:db8:ffff::/48'] }
    const peer = '2001:db8:ffff::1'
    expect(addressesOf(trusting, [{ peer, headers: forwarded('198.51.100.1') }]).addresses).toEqual([
      '198.51.100.1',
    ])
  })
})

describe('the address that a backend names', () => {
  const named = (secret: string, address = '198.51.100.1') => ({
    'switchboard-visitor-address': address,
    'switchboard-backend-secret': secret,
  })

  it('counts with the secret only, and a wrong secret is logged once', () => {
    const requests = [SECRET, `${SECRET}!`, ''].map((secret) => ({
      peer: '10.0.0.1',
      headers: named(secret),
    }))
    const { addresses, logged } = addressesOf({ backendSecret: SECRET }, requests)
    expect(addresses).toEqual(['198.51.100.1', '10.0.0.1', '10.0.0.1'])
    expect(logged.map(String)).toEqual([expect.stringMatching(/BACKEND_SECRET/)])
    expect(String(logged)).not.toContain(SECRET)
  })

  it('never counts without a secret in the settings, and not if it is no address', () => {
    expect(addressesOf({}, [{ peer: '10.0.0.1', headers: named('') }]).addresses).toEqual(['10.0.0.1'])
    const nonsense = [{ peer: '10.0.0.1', headers: named(SECRET, 'localhost') }]
    expect(addressesOf({ backendSecret: SECRET }, nonsense).addresses).toEqual(['10.0.0.1'])
  })
})

it('sockets without a token are counted by the address of the client, not of the proxy', async () => {
  const { server } = await startOnPortForTest({
    limits: { maxSocketsPerCaller: 2 },
    network: { trustedProxies: ['127.0.0.1'] },
    // The demo refuses what comes through a proxy.
    signIn: { mode: 'OIDC', issuer: 'https://id.acme.test', audience: 'switchboard' },
  })
  const open = async (address: string) => {
    const raw = await openRawSocket(server.url, { headers: forwarded(address) })
    raw.send({ type: 'connection_init' })
    return raw
  }
  for (const address of ['198.51.100.1', '198.51.100.1', '198.51.100.2', '2001:db8::1', '2001:db8::2']) {
    expect(await (await open(address)).next()).toEqual({ type: 'connection_ack' })
  }
  for (const address of ['198.51.100.1', '2001:db8::3']) {
    expect(await (await open(address)).closed()).toBe('4429 Too many sockets')
  }
})

it('sockets that have not signed in are counted by the address of the client, and make room when they do or close', async () => {
  const { server } = await startOnPortForTest({
    limits: { maxSocketsPerCaller: 1 },
    network: { trustedProxies: ['127.0.0.1'] },
    signIn: { mode: 'OIDC', issuer: 'https://id.acme.test', audience: 'switchboard' },
  })
  const open = (address: string) => openRawSocket(server.url, { headers: forwarded(address) })
  const refused = 'The server answers 429.'
  const sockets = await Promise.all(Array.from({ length: 10 }, () => open('198.51.100.1')))
  await expect(open('198.51.100.1')).rejects.toThrow(refused)
  await open('198.51.100.2')
  sockets[0]!.send({ type: 'connection_init' })
  expect(await sockets[0]!.next()).toEqual({ type: 'connection_ack' })
  await open('198.51.100.1')
  await expect(open('198.51.100.1')).rejects.toThrow(refused)
  sockets[1]!.webSocket.close()
  await sockets[1]!.closed()
  await eventually(() => open('198.51.100.1'))
})
