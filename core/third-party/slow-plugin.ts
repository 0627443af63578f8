/**
 * Tells on standard error which plugin a start waits for. One that never lets go of this thread has no deadline and can
 * be told of by another thread alone.
 */
import { Worker } from 'node:worker_threads'
import { pluginFailure, type FailingPlugin } from './failure.js'
import type { SlowPluginMessage } from './slow-plugin-main.js'

const PATIENCE_MS = 5_000

/** Does the work, which says of each plugin that it is next. Costs a thread for that time. */
export async function tellSlowPlugins<T>(
  work: (next: (plugin: FailingPlugin) => void) => Promise<T>
): Promise<T> {
  const thread = new Worker(new URL('./slow-plugin-main.js', import.meta.url), { execArgv: [] })
  thread.unref()
  // A start without it goes on all the same.
  thread.on('error', () => {})
  const tell = (message: SlowPluginMessage): void => {
    thread.postMessage(message)
  }
  try {
    return await work(plugin => {
      const { message } = pluginFailure(
        plugin,
        `has kept the start waiting for ${PATIENCE_MS / 1000} s`
      )
      tell({ text: `${message}\n`, afterMs: PATIENCE_MS })
    })
  } finally {
    tell({ isOver: true })
  }
}
