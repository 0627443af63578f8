/** The thread of slow-plugin.ts: writes the text when nothing else has come for so long. */
import { writeSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

export type SlowPluginMessage =
  { readonly text: string; readonly afterMs: number } | { readonly isOver: true }

let timer: NodeJS.Timeout | undefined

parentPort?.on('message', (message: SlowPluginMessage) => {
  clearTimeout(timer)
  if ('isOver' in message) {
    parentPort?.close()
    return
  }
  timer = setTimeout(() => {
    try {
      // The other thread, which process.stderr would ask, may never answer.
      writeSync(2, message.text)
    } catch {
      // Nobody reads it.
    }
  }, message.afterMs)
})
