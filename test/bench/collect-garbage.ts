/** A full garbage collection in another Node process, over its inspector. */
import { once } from 'node:events'
import { WebSocket } from 'undici'

/** What starts a process so that `collectGarbage` can reach it, as a value of NODE_OPTIONS. */
export const inspectable = '--inspect=127.0.0.1:0'

/**
 * Collects twice, since what the first finds dead may hold more; gives the MiB that JavaScript then holds, buffers
 * included. `output` is what the process has written so far.
 */
export async function collectGarbage(output: string): Promise<number> {
  const address = /Debugger listening on (ws:\S+)/.exec(output)?.[1]
  if (address === undefined) {
    throw new Error(`The process was not started with NODE_OPTIONS=${inspectable}`)
  }
  const socket = new WebSocket(address)
  await once(socket as unknown as EventTarget, 'open')
  const ask = async (method: string): Promise<unknown> => {
    socket.send(JSON.stringify({ id: 1, method }))
    const [{ data }] = (await once(socket as unknown as EventTarget, 'message')) as [
      { data: string }
    ]
    return (JSON.parse(data) as { result: unknown }).result
  }
  for (let i = 0; i < 2; i++) await ask('HeapProfiler.collectGarbage')
  const { usedSize, backingStorageSize = 0 } = (await ask('Runtime.getHeapUsage')) as {
    usedSize: number
    backingStorageSize?: number
  }
  socket.close()
  await once(socket as unknown as EventTarget, 'close')
  return (usedSize + backingStorageSize) / 1024 ** 2
}
