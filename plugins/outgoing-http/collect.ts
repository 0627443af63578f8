/**
 * Gathers a reply's body up to a limit. The chunks are copied into one buffer that doubles: keeping them would
 * let a peer that sends single bytes make the server hold a hundred times what it received.
 */
export function createCollector(limit: number) {
  let buffer = Buffer.allocUnsafe(Math.min(limit, 4096))
  let length = 0

  return {
    /** False when the chunk does not fit; it is not kept then. */
    add(chunk: Uint8Array): boolean {
      const needed = length + chunk.byteLength
      if (needed > limit) return false
      if (needed > buffer.byteLength) {
        const larger = Buffer.allocUnsafe(Math.min(limit, Math.max(needed, buffer.byteLength * 2)))
        buffer.copy(larger, 0, 0, length)
        buffer = larger
      }
      buffer.set(chunk, length)
      length = needed
      return true
    },
    bytes: (): Buffer => buffer.subarray(0, length)
  }
}
