/** Loads the bundled engine, and runs Lua in it for the tests. */
import { createRequire } from 'node:module'
import type * as Bundle from './bundle.js'
import type {
  Engine,
  EngineOptions,
  LuaFaultInfo,
  LuaTable,
  LuaValue,
  ToLua
} from '../../../sandbox/lua/api.js'

export const {
  compile,
  createEngine,
  Deferred,
  Fields,
  iterateNext,
  LuaFault,
  LuaRaise,
  openAccount,
  precompiled,
  Results,
  sources,
  Table,
  WithMethods
} = createRequire(import.meta.url)('../../../sandbox/engine-for-tests.cjs') as typeof Bundle

export interface TestEngine {
  readonly engine: Engine
  /** What `print` wrote. */
  readonly printed: string[]
  readonly internalErrors: Array<readonly [string, unknown]>
  /** Runs a handler body and gives what it returned, tables as plain values. */
  values(body: string, event?: ToLua): unknown[]
  /** Runs a whole chunk; the handler's table. */
  run(code: string, ctx?: ToLua, event?: ToLua): LuaTable
  /** How a chunk fails. */
  fault(code: string, event?: ToLua): LuaFaultInfo
}

/** A clock that stands at 2023-11-14 22:13:20 UTC. */
export const NOW = 1700000000000

export function testEngine(options: Partial<EngineOptions> = {}): TestEngine {
  const printed: string[] = []
  const internalErrors: Array<readonly [string, unknown]> = []
  const engine = createEngine({
    libraries: [],
    print: line => {
      printed.push(line)
    },
    now: () => NOW,
    random: () => 0.5,
    onInternalError: (name, error) => {
      internalErrors.push([name, error])
    },
    memoryLimit: 64 * 1024 * 1024,
    ...options
  })
  const run = (code: string, ctx?: ToLua, event?: ToLua): LuaTable =>
    engine.run(engine.prepare(code, 'fn'), ctx, event)
  return {
    engine,
    printed,
    internalErrors,
    run,
    values(body, event) {
      const table = run(
        `function handler(ctx, event)\nlocal function values() ${body}\nend\nreturn table.pack(values()) end`,
        {},
        event
      )
      const count = table.get('n') as number
      return Array.from({ length: count }, (_, i) => toPlain(table.get(i + 1)))
    },
    fault(code, event) {
      try {
        run(code, {}, event)
      } catch (error) {
        if (error instanceof LuaFault) return error.info
        throw error
      }
      throw new Error('it did not fail')
    }
  }
}

/** Lists as arrays, other tables as objects. */
export function toPlain(value: LuaValue): unknown {
  if (typeof value !== 'object') return value
  if (value.type === 'function') return 'function'
  if (value.type !== 'table') return (value as { type: string }).type
  const entries = [...value.entries()]
  if (entries.length === value.length() && entries.length > 0) {
    return entries.map(([, inner]) => toPlain(inner))
  }
  return Object.fromEntries(entries.map(([key, inner]) => [String(toPlain(key)), toPlain(inner)]))
}
