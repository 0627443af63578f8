/**
 * What a version runs with. Sources are read as they are needed, each round of names in one round trip; who runs
 * functions keeps the result until it hears of a change.
 */
import type { ModuleSet } from '../../../../core/contracts/module-set.js'
import { ANY_MODULE } from '../../../../core/lua-source/requires.js'
import { toDraft, toSet, toSource, type Source } from '../../modules/module-sets.js'
import { parseNames } from '../../modules/module-rows.js'
import type { SourceRow } from '../../modules/module-statements.js'
import type { Session } from '../db/transaction.js'
import { texts } from '../db/values.js'
import { source } from './module-reads.js'

/** What code that requires these names runs with; undefined: no module. */
export async function resolveModules(
  session: Session,
  required: readonly string[],
  drafts: ReadonlyMap<string, string> = new Map()
): Promise<ModuleSet | undefined> {
  const found = new Map<string, Source>()
  const seen = new Set<string>()
  let waiting = [...required]
  while (waiting.length > 0) {
    const isAny = waiting.includes(ANY_MODULE) && !seen.has(ANY_MODULE)
    const asked = [...waiting, ...(isAny ? drafts.keys() : [])].filter(name => !seen.has(name))
    for (const name of asked) seen.add(name)
    const stored = await readSources(session, asked, isAny)
    waiting = []
    for (const name of new Set([...asked, ...stored.keys()])) {
      const one = toDraft(drafts.get(name)) ?? stored.get(name)
      if (one === undefined || found.has(name)) continue
      seen.add(name)
      found.set(name, one)
      waiting.push(...one.requires)
    }
    waiting = waiting.filter(name => !seen.has(name))
  }
  return found.size === 0 ? undefined : toSet(found)
}

async function readSources(
  session: Session,
  names: readonly string[],
  all: boolean
): Promise<Map<string, Source>> {
  if (names.length === 0) return new Map()
  const rows = await session.all<SourceRow>(
    `select m.name, v.code, v.requires ${source} where $2 or m.name = any($1::text[])`,
    texts(names),
    all
  )
  return new Map(
    rows.map(({ name, code, requires }) => [name, toSource(code, parseNames(requires))])
  )
}
