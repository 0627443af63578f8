import { nodeCrypto } from '../../core/base/node-crypto.js'

const POOL = 4096

let pool: Uint8Array | undefined
let used = POOL

/** Fills `bytes` from the operating system's secure source; small requests are served from a pool, used once. */
export function fillSecurely(bytes: Uint8Array): void {
  if (bytes.length > 64) {
    nodeCrypto().randomFillSync(bytes)
    return
  }
  if (pool === undefined || used + bytes.length > POOL) {
    pool ??= new Uint8Array(POOL)
    nodeCrypto().randomFillSync(pool)
    used = 0
  }
  bytes.set(pool.subarray(used, used + bytes.length))
  // What was given out must not be readable from here any more.
  pool.fill(0, used, (used += bytes.length))
}
