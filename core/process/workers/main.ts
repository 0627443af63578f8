/** The program of a worker, as primary.ts starts it. */
import { readArguments } from './messages.js'
import { failStart } from './report.js'

const { serveAsWorker } = await import('./worker.js').catch(failStart)
await serveAsWorker(readArguments(process.argv.slice(2)))
