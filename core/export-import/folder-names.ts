/** Names of folders for functions. Function names are free text; folders must be safe on every file system. */

/** The variables that all functions share, beside the folders. */
export const SHARED_FILE = 'shared-variables.json'

const MAX_LENGTH = 60
/** Device names that Windows reserves, whatever follows a dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
/** Of shared modules (shared-modules.ts), and of npm's, which are no functions. */
const TAKEN = /^(node_)?modules$/i

/** Letters, digits, `.`, `_` and `-` only; never empty, hidden, or a way out of the folder it is in. */
export function toFolderName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/[.-]+$/, '')
  if (safe === '') return 'function'
  return RESERVED.test(safe) || TAKEN.test(safe) ? `_${safe}` : safe
}

/**
 * A folder for each function. Where names collide (also on file systems that ignore case), all but the one with the
 * smallest id get their id appended.
 */
export function assignFolders(
  functions: ReadonlyArray<{ readonly id: string; readonly name: string }>
): Map<string, string> {
  const taken = new Set([SHARED_FILE])
  const folders = new Map<string, string>()
  for (const { id, name } of [...functions].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const plain = toFolderName(name)
    const folder = taken.has(plain.toLowerCase()) ? `${plain}-${id}` : plain
    taken.add(folder.toLowerCase())
    folders.set(id, folder)
  }
  return folders
}
