/** A full garbage collection in another Node process, over its inspector. */
import { once } from 'node:events'
import { WebSocket } from 'undici'

/** What starts a process so that `collectGarbage` can reach it, as a value of NODE_OPTIONS. */
export const inspectable = '--inspect=127.0.0.1:0'

/** Collects twice, since what the first finds dead may hold more. `output` is what the process has written so far. */
export async function collectGarbage (output: string): Promise<void> {
  const address = /Debugger listening on (ws:\S+)/.exec(output)?.[1]
  if (address === undefined) throw new Error(`The process was not started with NODE_OPTIONS=${inspectable}`)
  const socket = new WebSocket(address)
  await once(socket as unknown as EventTarget, 'open')
  for (const id of [1, 2]) {
    socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }))
    await once(socket as unknown as EventTarget, 'message')
  }
  socket.close()
  await once(socket as unknown as EventTarget, 'close')
}
