/**
 * One build at a time in a checkout. The lock is a name in the kernel (an abstract socket), which goes with its
 * process, however that ends; no file can be left behind.
 */
import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'

const PATIENCE_MS = 300_000

/** Runs `work` when no other process builds here. Rejects after five minutes of waiting. */
export async function whileLocked(work) {
  const name = `\0moonlet-build-${createHash('sha256').update(process.cwd()).digest('hex')}`
  const patience = AbortSignal.timeout(PATIENCE_MS)
  let lock = await take(name)
  while (lock === undefined) {
    if (patience.aborted) {
      throw new Error('Another build of this folder has not ended for 5 minutes.')
    }
    await ended(name, patience)
    lock = await take(name)
  }
  try {
    return await work()
  } finally {
    lock.close()
    lock.waiting.forEach(socket => socket.destroy())
  }
}

/** Undefined when another process has it. */
function take(name) {
  return new Promise((resolve, reject) => {
    const waiting = []
    const server = createServer(socket => waiting.push(socket.on('error', () => {})))
    server.once('error', error => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(name, () => resolve(Object.assign(server, { waiting })))
  })
}

/** Resolves when whoever has it gives it back or ends. */
function ended(name, signal) {
  return new Promise(resolve => {
    const socket = connect({ path: name, signal })
    socket
      .resume()
      .on('error', () => {})
      .once('close', resolve)
  })
}
