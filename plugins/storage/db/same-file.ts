/**
 * Whether the database is still the file that its path names. One that was removed or replaced beneath the server goes
 * on taking writes, and all that it acknowledges from then on is gone when the server ends.
 */
import { statSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { MoonletError } from '../../../core/base/errors.js'

/** So long what was acknowledged may be lost; a look takes some 4 µs. */
const PAUSE_MS = 100

/**
 * To be called while `file` is open. Returns a check for each commit, which looks now and then, and throws
 * STORAGE_FAILED until the file is back.
 */
export function createFileCheck(file: string): () => void {
  const opened = new Map<string, string>()
  let lastLookAt = -Infinity
  let missing: string | undefined

  function look(path: string): string | undefined {
    const found = identify(path)
    const known = opened.get(path)
    if (known === undefined && found !== undefined) opened.set(path, found)
    return known === undefined || known === found ? undefined : path
  }

  look(file)
  look(`${file}-wal`)
  return () => {
    const now = performance.now()
    if (now - lastLookAt >= PAUSE_MS) {
      lastLookAt = now
      missing = look(file) ?? look(`${file}-wal`)
    }
    if (missing !== undefined) throw replaced(missing)
  }
}

/** Undefined where there is none. */
function identify(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}

const replaced = (path: string): MoonletError =>
  new MoonletError(
    'STORAGE_FAILED',
    `${path} was removed or replaced while the server ran, and what is written now would be lost: nothing is written ` +
      'any more. Put the file back that was there, or restart the server to use what is there now.'
  )
