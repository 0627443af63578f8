/**
 * Whether the process runs out of descriptors. The kernel gives the lowest that is free, so the number of a new
 * connection's says how many are in use; beyond the limit connections are closed before anybody here hears of them.
 */
import type { Socket } from 'node:net'

/** So few are left. */
const LEFT = 8
const PAUSE_MS = 60_000

/** For each new connection; calls `onScarce` when nearly all are in use, at most once a minute. */
export function watchDescriptors(
  limit: number | undefined,
  onScarce: (limit: number) => void
): (socket: Socket) => void {
  if (limit === undefined) return () => {}
  let toldAt = -Infinity
  return socket => {
    if (descriptorOf(socket) < limit - LEFT || performance.now() - toldAt < PAUSE_MS) return
    toldAt = performance.now()
    onScarce(limit)
  }
}

const descriptorOf = (socket: Socket): number =>
  (socket as unknown as { _handle?: { readonly fd?: number } | null })._handle?.fd ?? -1
