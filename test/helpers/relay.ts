/** A TCP relay in front of a server, which can fail as networks do: without a word, in one direction, or at once. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

/** `pass`: as a network should. `hold`: kept until it passes again. `lose`: thrown away. */
type Flow = 'pass' | 'hold' | 'lose'

interface Pair {
  readonly client: Socket
  readonly server: Socket
  /** What is kept, for each direction. */
  readonly toServer: Buffer[]
  readonly toClient: Buffer[]
}

export interface Relay {
  readonly port: number
  /** What becomes of bytes from now on, in each direction. Connections stay open, and new ones are taken. */
  set(flow: { readonly toServer?: Flow; readonly toClient?: Flow }): void
  /** Answers are lost once such a text has gone to the server. */
  loseAfter(text: string): void
  /** Neither side hears anything of the other. */
  stall(): void
  /** As before, with what was held. */
  heal(): void
  /** Ends all connections at once; `whom` hears of it (both, unless given). */
  cut(whom?: 'both' | 'client'): void
  /** Bytes that have come from the server. */
  received(): number
  close(): Promise<void>
}

export async function startRelay(t: Pick<Test, 'teardown'>, port: number): Promise<Relay> {
  const pairs = new Set<Pair>()
  const flows = { toServer: 'pass' as Flow, toClient: 'pass' as Flow }
  let fatal: string | undefined
  let received = 0
  const listener = createServer(client => {
    const server = connect(port, '127.0.0.1')
    const pair: Pair = { client, server, toServer: [], toClient: [] }
    pairs.add(pair)
    client.on('data', bytes => {
      if (fatal !== undefined && bytes.includes(fatal)) {
        fatal = undefined
        flows.toClient = 'lose'
      }
      pass(server, pair.toServer, flows.toServer, bytes)
    })
    server.on('data', bytes => {
      received += bytes.length
      pass(client, pair.toClient, flows.toClient, bytes)
    })
    // What one side ends, the other one hears of only while bytes pass.
    const end = (other: Socket, flow: 'toServer' | 'toClient') => () => {
      if (flows[flow] === 'pass') other.destroy()
      if (client.destroyed && server.destroyed) pairs.delete(pair)
    }
    for (const socket of [client, server]) socket.on('error', () => {})
    client.on('close', end(server, 'toServer'))
    server.on('close', end(client, 'toClient'))
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  const relay: Relay = {
    port: (listener.address() as AddressInfo).port,
    set: flow => {
      Object.assign(flows, flow)
    },
    loseAfter: text => {
      fatal = text
    },
    stall: () => {
      relay.set({ toServer: 'hold', toClient: 'hold' })
    },
    heal() {
      relay.set({ toServer: 'pass', toClient: 'pass' })
      for (const { client, server, toServer, toClient } of pairs) {
        for (const bytes of toServer.splice(0)) server.write(bytes)
        for (const bytes of toClient.splice(0)) client.write(bytes)
        // What has ended meanwhile ends for the other side, behind what it had sent.
        if (client.destroyed) server.end()
        if (server.destroyed) client.end()
      }
    },
    cut(whom = 'both') {
      for (const { client, server } of pairs) {
        client.destroy()
        if (whom === 'both') server.destroy()
      }
    },
    received: () => received,
    async close() {
      relay.cut()
      await new Promise(resolve => listener.close(resolve))
    }
  }
  t.teardown(() => relay.close())
  return relay
}

function pass(to: Socket, kept: Buffer[], flow: Flow, bytes: Buffer): void {
  if (flow === 'hold' || kept.length > 0) kept.push(bytes)
  else if (flow === 'pass') to.write(bytes)
}
