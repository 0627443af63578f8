/**
 * Milliseconds of a clock that only goes forward. Not of `performance`, which a sandbox would need for nothing else:
 * to load it costs 4 ms of every start.
 */
export function clock(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1_000_000
}
