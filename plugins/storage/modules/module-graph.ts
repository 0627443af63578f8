/** Who requires whom: what a version runs with, and whom a change of a module concerns. */
import type { Database } from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import type { RequiredModule } from '../../../core/contracts/functions.js'
import type { ModuleSet } from '../../../core/contracts/module-set.js'
import type { Requirer } from '../../../core/contracts/modules.js'
import { ANY_MODULE } from '../../../core/lua-source/requires.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import { dependentFunctions, requirersOf, toRequiring, type Requiring } from './dependents.js'
import { parseNames } from './module-rows.js'
import { toDraft, toSet, toSource, type Source } from './module-sets.js'
import { prepareModuleReads } from './module-statements.js'

/** Bounds of what is kept; code is counted in characters. */
const MAX_MODULES = 2000
const MAX_CODE = 32 * 1024 ** 2

interface Parts {
  readonly db: Database
  readonly batch: Batch
  /** Of functions. */
  readonly changes: ChangeFeed
}

export class ModuleGraph {
  private readonly reads: ReturnType<typeof prepareModuleReads>
  /** By name. Functions that require one module share its text. */
  private readonly sources = new LRUCache<string, Source>({
    max: MAX_MODULES,
    maxSize: MAX_CODE,
    sizeCalculation: ({ code }) => 1 + code.length
  })

  constructor(private readonly parts: Parts) {
    this.reads = prepareModuleReads(parts.db)
    parts.batch.onCommit({
      before() {},
      after: durable => {
        if (!durable) this.sources.clear()
      }
    })
  }

  /** What code that requires these names runs with; undefined: no module. */
  resolve(
    required: readonly string[],
    drafts: ReadonlyMap<string, string> = new Map()
  ): ModuleSet | undefined {
    if (required.length === 0) return undefined
    const found = new Map<string, Source>()
    const seen = new Set<string>()
    const waiting = [...required]
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (seen.has(name)) continue
      seen.add(name)
      if (name === ANY_MODULE) {
        waiting.push(...this.reads.names.all(), ...drafts.keys())
        continue
      }
      const source = toDraft(drafts.get(name)) ?? this.sourceOf(name)
      if (source === undefined) continue
      found.set(name, source)
      waiting.push(...source.requires)
    }
    return found.size === 0 ? undefined : toSet(found)
  }

  /** The modules of these names, for people to see. */
  toRequired(names: readonly string[]): RequiredModule[] {
    return names
      .filter(name => name !== ANY_MODULE)
      .map(name => {
        const found = this.reads.named.get(name)
        return { name, id: found?.name === name ? found.id : undefined }
      })
  }

  /** Gives, by a module's name, what requires it. */
  readRequirers(): (name: string) => Requirer[] {
    const rows = this.readRequiring()
    return name => requirersOf(rows, name)
  }

  /** Within the transaction of a change of these modules: their names before it and after it. */
  changed(names: readonly string[]): void {
    this.sources.clear()
    for (const id of dependentFunctions(this.readRequiring(), names)) {
      this.parts.changes.changed(id)
    }
  }

  private sourceOf(name: string): Source | undefined {
    const kept = this.sources.get(name)
    if (kept !== undefined) return kept
    const row = this.reads.sourceOf.get(name, name)
    if (row === undefined) return undefined
    const source = toSource(row.code, parseNames(row.requires))
    this.sources.set(name, source)
    return source
  }

  private readRequiring(): Requiring[] {
    return toRequiring(this.reads.requiring.all())
  }
}
