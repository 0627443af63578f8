/**
 * `fastify.functionCache`: functions and their active versions in memory. The storage itself says what changed, so no
 * writer has to remember this cache; `forget` is for what the storage cannot know.
 */
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import '../../../core/contracts/server.js'
import { PendingReads } from '../../../core/base/pending-reads.js'
import { tellAll } from '../../../core/base/tell-all.js'
import type { FunctionStore, FunctionWithVersion } from '../../../core/contracts/functions.js'
import type { FunctionCache } from '../../../core/contracts/server.js'

/** Bounds of what is kept; what was used longest ago goes first. Code is counted in characters. */
const MAX_FUNCTIONS = 10_000
const MAX_CODE = 64 * 1024 ** 2
/** Ids of no function, as probing callers send them: kept apart, so that they displace nothing. */
const MAX_MISSING = 1000

export default fp(
  async function functionCache(fastify) {
    fastify.decorate('functionCache', new StoredFunctionCache(fastify.storage.functions))
  },
  { name: 'function-cache', dependencies: ['storage'] }
)

export class StoredFunctionCache implements FunctionCache {
  private readonly found = new LRUCache<string, FunctionWithVersion>({
    max: MAX_FUNCTIONS,
    maxSize: MAX_CODE,
    // A size must be positive.
    sizeCalculation: ({ active }) => 1 + (active?.code.length ?? 0)
  })

  private readonly missing = new LRUCache<string, true>({ max: MAX_MISSING })
  private readonly reads: PendingReads<FunctionWithVersion | undefined>
  private readonly listeners = new Set<(id: string) => void>()

  constructor(functions: Pick<FunctionStore, 'find' | 'onChange'>) {
    this.reads = new PendingReads(
      id => functions.find(id),
      (id, fn) => {
        this.keep(id, fn)
      }
    )
    functions.onChange(id => {
      this.forget(id)
    })
  }

  /** Without a promise when it is in memory: a call then stays within its tick. */
  get(id: string): FunctionWithVersion | undefined | Promise<FunctionWithVersion | undefined> {
    const fn = this.found.get(id)
    if (fn !== undefined) return fn
    return this.missing.has(id) ? undefined : this.reads.get(id)
  }

  forget(id: string): void {
    this.found.delete(id)
    this.missing.delete(id)
    this.reads.forget(id)
    tellAll(this.listeners, id)
  }

  onForget(listener: (id: string) => void): () => void {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  private keep(id: string, fn: FunctionWithVersion | undefined): void {
    if (fn === undefined) this.missing.set(id, true)
    else this.found.set(id, fn)
  }
}
