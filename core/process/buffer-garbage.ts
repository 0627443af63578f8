import { memoryBytes } from '../../config/machine.js'
import { nodeV8 } from '../base/node-v8.js'

/** Below, garbage of bodies would take too large a part. Bytes. */
const MIN_MEMORY = 4 * 1024 ** 3

/**
 * Lets buffers that nobody uses any more wait for a collection of the heap that is due for all that there is, the
 * buffers included. Otherwise V8 collects all of the heap for every 64 MB of buffers that were made: with bodies of
 * 1 MiB, a quarter of the server's processor time.
 *
 * Under such a load the server holds some 90 MiB more, so not where memory is short: with less than 4 GiB for each of
 * `servers`.
 */
export function letBuffersWait(servers: number, memory = memoryBytes()): void {
  if (memory / servers < MIN_MEMORY) return
  nodeV8().setFlagsFromString('--external-memory-accounted-in-global-limit')
}
