/** What a request may say about the version that it makes, and who makes it. */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { VersionOrigin } from '../../../core/contracts/records.js'
import { readVersionNote } from '../../../core/validation/version-note.js'
import { limits } from '../../../core/validation/limits.js'

export const versionNote = {
  message: Type.Optional(
    Type.String({
      description: `Kept with the new version: why. At most ${limits.versionMessageBytes} bytes.`
    })
  ),
  commit: Type.Optional(
    Type.String({
      description:
        'Kept with the new version: the commit of a repository that it comes from. At most ' +
        `${limits.versionCommitBytes} bytes.`
    })
  )
}

/** Throws VALIDATION. */
export const readOrigin = (
  request: Pick<FastifyRequest, 'actor'>,
  note: { readonly message?: string; readonly commit?: string }
): VersionOrigin => ({ createdBy: nameOf(request), ...readVersionNote(note) })

const nameOf = ({ actor }: Pick<FastifyRequest, 'actor'>): string =>
  actor?.kind === 'token' ? actor.name : (actor?.kind ?? 'api_key')
