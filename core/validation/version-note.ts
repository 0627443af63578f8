/** What may be said about a version when it is made. */
import type { VersionOrigin } from '../contracts/records.js'
import { limits } from './limits.js'
import { byteLength, refuse, trimBlanks } from './text.js'

/** Blank texts are as good as none. Throws VALIDATION. */
export function readVersionNote({
  message,
  commit
}: {
  readonly message?: string | undefined
  readonly commit?: string | undefined
}): Pick<VersionOrigin, 'message' | 'commit'> {
  return {
    message: readText('message', message, limits.versionMessageBytes),
    commit: readText('commit', commit, limits.versionCommitBytes)
  }
}

function readText(name: string, text: string | undefined, most: number): string | undefined {
  const trimmed = trimBlanks(text ?? '')
  if (byteLength(trimmed) > most) refuse(name, `${name} cannot be longer than ${most} bytes`)
  return trimmed === '' ? undefined : trimmed
}
