/** Changes of a module: noted by the audit, and held against its state. */
import type { FastifyRequest } from 'fastify'
import type { LuaRegistry } from '../../../core/lua/registry.js'
import { whyReserved } from '../../../core/lua/reserved-names.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { staleResponse, tellCurrent } from '../../../core/http/entity-tags.js'
import { functionsOf } from '../../../core/http/token-functions.js'
import type { ModuleSnapshot } from '../../../core/contracts/modules.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { WhyReserved } from '../../../core/validation/module-change.js'
import { moduleExample, ModuleSchema, toModule } from './schema.js'

/** Names that shared modules cannot have: those of Lua, and of the modules of this server. */
export const reservedBy =
  (lua: Pick<LuaRegistry, 'find'>): WhyReserved =>
  name =>
    whyReserved(name) ?? (lua.find(name) === undefined ? undefined : 'is a module of the server')

/** Throws NOT_FOUND with the API's text. */
export async function readModule(storage: Storage, id: string): Promise<ModuleSnapshot> {
  const found = await storage.modules.snapshot(id)
  if (found === undefined) throw moduleNotFound()
  return found
}

export const moduleNotFound = () => new MoonletError('NOT_FOUND', 'Module not found')

interface Asked {
  readonly request: Pick<FastifyRequest, 'actor' | 'headers' | 'ip'> & {
    readonly params: { readonly id: string }
  }
  /** As the audit calls it. */
  readonly action: string
}

/** What the change gives; refused for its `If-Match`, it answers 412 with the module as it is now. */
export function changeModule<T>(
  storage: Storage,
  { request, action }: Asked,
  change: () => Promise<T>
): Promise<T> {
  const { id } = request.params
  const subject = { functions: [], modules: [id] }
  const changed = storage.audit.track(auditNote(request, action), subject, change)
  return tellCurrent(changed, async () => {
    const now = await readModule(storage, id)
    return { current: toModule(now, functionsOf(request)), revision: now.revision }
  })
}

export const staleModule = { 412: staleResponse('StaleModule', ModuleSchema, moduleExample) }
