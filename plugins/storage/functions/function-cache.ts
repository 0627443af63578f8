/**
 * `fastify.functionCache`: functions and their active versions in memory. The storage itself says what changed,
 * so no writer has to remember this cache; `forget` is for what the storage cannot know.
 */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { tellAll } from '../../../core/base/tell-all.js'
import type { FunctionCache } from '../../../core/contracts/server.js'
import type { FunctionStore, FunctionWithVersion } from '../../../core/contracts/functions.js'

/** Bounds of what is kept; the oldest go first. Code is counted in characters. */
const FUNCTIONS = 10_000
const CODE = 64 * 1024 ** 2
/** Ids that are no function's, as probing callers send them: kept apart, so that they displace nothing. */
const MISSES = 1000

export default fp(
  async function functionCache(fastify) {
    fastify.decorate('functionCache', createFunctionCache(fastify.storage.functions))
  },
  { name: 'function-cache', dependencies: ['storage'] }
)

export function createFunctionCache(
  functions: Pick<FunctionStore, 'find' | 'onChange'>
): FunctionCache {
  const found = new Map<string, FunctionWithVersion>()
  const missing = new Set<string>()
  const loading = new Map<string, Promise<FunctionWithVersion | undefined>>()
  const listeners = new Set<(id: string) => void>()
  let code = 0

  function load(id: string): Promise<FunctionWithVersion | undefined> {
    const loaded = functions
      .find(id)
      .then(fn => {
        // A change in the meantime has made this an old reading.
        if (loading.get(id) === loaded) keep(id, fn)
        return fn
      })
      .finally(() => {
        if (loading.get(id) === loaded) loading.delete(id)
      })
    loading.set(id, loaded)
    return loaded
  }

  function keep(id: string, fn: FunctionWithVersion | undefined): void {
    if (fn === undefined) {
      if (missing.size >= MISSES) missing.clear()
      missing.add(id)
      return
    }
    found.set(id, fn)
    code += sizeOf(fn)
    for (const oldest of found.keys()) {
      if (found.size <= FUNCTIONS && code <= CODE) break
      drop(oldest)
    }
  }

  function drop(id: string): void {
    const fn = found.get(id)
    if (fn === undefined) return
    found.delete(id)
    code -= sizeOf(fn)
  }

  function forget(id: string): void {
    drop(id)
    missing.delete(id)
    loading.delete(id)
    tellAll(listeners, id)
  }

  functions.onChange(forget)
  return {
    get(id) {
      const fn = found.get(id)
      if (fn !== undefined) return fn
      return missing.has(id) ? undefined : (loading.get(id) ?? load(id))
    },
    forget,
    onForget(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    }
  }
}

const sizeOf = ({ active }: FunctionWithVersion): number => active?.code.length ?? 0
