/** Asserting on what becomes true in its own time, without guessing how long that takes. */
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Test } from 'tap'

/** Long enough for a machine ten times slower than any that is good to work on; only a failing test waits for it. */
const DEADLINE_MS = 60_000
const PAUSE_MS = 50

/**
 * Asserts that `read` comes to give `wanted`, asking again until it does. After a minute it asserts on what is given
 * then, so that the failure shows it. Texts may be wanted as a pattern. A read that throws before that is asked again.
 */
export async function eventually<T>(
  t: Test,
  read: () => T | Promise<T>,
  wanted: NoInfer<T> | RegExp,
  message = wording(read)
): Promise<void> {
  const fits = (given: T): boolean =>
    wanted instanceof RegExp ? wanted.test(String(given)) : isDeepStrictEqual(given, wanted)
  const given = await readUntil(read, fits)
  if (wanted instanceof RegExp) t.match(given, wanted, message)
  else t.strictSame(given, wanted, message)
}

/** The first value that fits; after the deadline whatever is read then, or its error. */
async function readUntil<T>(read: () => T | Promise<T>, fits: (given: T) => boolean): Promise<T> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await pause(PAUSE_MS)) {
    try {
      const given = await read()
      if (fits(given)) return given
    } catch {
      // What is asked for is not there yet; the last time its error is the test's.
    }
  }
  return await read()
}

const wording = (read: () => unknown): string =>
  String(read).replace(/^(async )?\(\) => (await )?/, '')
