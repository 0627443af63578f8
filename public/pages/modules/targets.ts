/** The functions that a module can be tried with: those that require it, also through other modules. */
import { getModule, type LuaModule } from '../../api/modules.js'
import type { Target } from '../function/owner.js'

/** Enough to choose from, and no more questions than these. */
const MAX_MODULES = 50

/** Direct ones first. */
export async function findTargets({ id, required_by: direct }: LuaModule): Promise<Target[]> {
  const targets = new Map<string, Target>()
  const seen = new Set([id])
  let round = direct
  while (round.length > 0) {
    for (const one of round) if (one.kind === 'function') targets.set(one.id, one)
    const modules = round.filter(one => one.kind === 'module' && !seen.has(one.id))
    const asked = modules.slice(0, MAX_MODULES - seen.size)
    for (const one of asked) seen.add(one.id)
    const found = await Promise.all(asked.map(async one => (await getModule(one.id)).found))
    round = found.flatMap(one => one.required_by)
  }
  return [...targets.values()]
}
