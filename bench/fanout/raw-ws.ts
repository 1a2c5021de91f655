// The yardstick: plain `ws`, which sends a text to every socket.
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { answerParent } from './child.ts'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
await answerParent({
  url: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  publish: (text: string) => {
    for (const socket of server.clients) socket.send(text)
  },
})
process.exit()
