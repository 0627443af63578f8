/** Folders that settings and arguments name, made if absent. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { MoonletError } from './errors.js'
import { fileReason } from './file-reason.js'
import { PRIVATE_FOLDER } from './private-file.js'

/**
 * Makes `folder` and those above it that are missing, for this user alone. Throws STORAGE_FAILED with one sentence.
 *
 * One by one and not with `mkdir(…, { recursive: true })`: where the file system answers ENOENT although the folder
 * above is there, as /proc does, Node tries again for ever, on one core and in silence.
 */
export function makeFolder(folder: string): void {
  for (const path of missingFolders(resolve(folder), folder)) {
    try {
      mkdirSync(path, { mode: PRIVATE_FOLDER })
    } catch (error) {
      // Another process was faster.
      if (codeOf(error) === 'EEXIST' && isFolder(path)) continue
      throw unusable(folder, `${path} cannot be made${reason(error)}`, error)
    }
  }
}

/** Those above come first. */
function missingFolders(path: string, wanted: string): string[] {
  const missing = []
  for (let above = path; ; above = dirname(above)) {
    try {
      const found = statSync(above, { throwIfNoEntry: false })
      if (found?.isDirectory() === true) return missing.reverse()
      if (found !== undefined) throw unusable(wanted, `${above} is not a folder`)
    } catch (error) {
      throw error instanceof MoonletError
        ? error
        : unusable(wanted, `${above} cannot be reached${reason(error)}`, error)
    }
    missing.push(above)
  }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

const reason = (error: unknown): string => {
  const known = fileReason(error)
  return known === undefined ? ` (${codeOf(error) ?? String(error)})` : `: ${known}`
}

const unusable = (folder: string, why: string, cause?: unknown): MoonletError =>
  new MoonletError('STORAGE_FAILED', `The folder ${join(folder)} cannot be used: ${why}.`, {
    cause
  })
