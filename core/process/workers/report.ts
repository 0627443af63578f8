/** How a worker speaks to the process that started it. */
import { startError } from '../start-error.js'
import type { Report } from './messages.js'

/** Resolves when it is sent; also when nobody is there any more. */
export const report = (message: Report): Promise<void> =>
  new Promise(resolve => {
    if (process.send === undefined || !process.connected) return resolve()
    process.send(message, undefined, {}, () => {
      resolve()
    })
  })

/** Says why the start fails, in the place of a message of its own, and ends the process. */
export async function failStart(error: unknown): Promise<never> {
  await report({ kind: 'failed', reason: startError(error) })
  process.exit(1)
}
