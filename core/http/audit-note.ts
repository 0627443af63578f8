/** Who asks for a change, as the audit notes it. */
import type { FastifyRequest } from 'fastify'
import '../contracts/server.js'
import type { Actor } from '../contracts/actor.js'
import type { AuditActor, AuditNote, AuditVia } from '../contracts/audit.js'

/** How requests of the `moonlet` program begin their User-Agent. */
const CLI_AGENT = 'moonlet-cli'

type Request = Pick<FastifyRequest, 'actor' | 'headers' | 'ip'>

/** `action` is a kind of target and a verb, such as `function.update`. */
export function auditNote(request: Request, action: string): AuditNote {
  const { actor = { kind: 'api_key' }, ip } = request
  return { actor: toAuditActor(actor), via: viaOf(request), ip, action }
}

function toAuditActor(actor: Actor): AuditActor {
  if (actor.kind === 'token') return { kind: actor.kind, id: actor.id, name: actor.name }
  return actor.kind === 'session' ? { kind: actor.kind, id: actor.id } : { kind: actor.kind }
}

function viaOf({ actor, headers }: Request): AuditVia {
  if (headers['user-agent']?.startsWith(CLI_AGENT) === true) return 'cli'
  return actor?.kind === 'session' ? 'dashboard' : 'api'
}
