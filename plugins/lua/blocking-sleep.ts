/** Nobody ever wakes who lies here. */
let bed: Int32Array | undefined

/** Blocks the process for this many milliseconds; a kill is the only way to end it early. */
export function sleepBlocking(ms: number): void {
  Atomics.wait((bed ??= new Int32Array(new SharedArrayBuffer(4))), 0, 0, ms)
}
