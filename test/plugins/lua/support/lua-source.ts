/** Lua source that makes given values, cycles and shared tables included. */
import type { LuaValue } from '../../../../sandbox/lua/api.js'
import { FakeTable } from './fake-table.js'

/** Statements that set `T`, the list of all tables, and an expression for each value. */
export function toSource(values: readonly LuaValue[]): {
  readonly statements: string
  readonly expressions: string[]
} {
  const numbers = new Map<object, number>()
  const statements = ['local T = {}']
  const open: FakeTable[] = []

  const expression = (value: LuaValue): string => {
    switch (typeof value) {
      case 'undefined':
        return 'nil'
      case 'boolean':
        return String(value)
      case 'number':
        return Number.isNaN(value)
          ? '(0/0)'
          : Number.isFinite(value)
            ? `(${Object.is(value, -0) ? '-0.0' : value})`
            : value > 0
              ? '(1/0)'
              : '(-1/0)'
      case 'string':
        return value.length > 1000 && new Set(value).size === 1
          ? `string.rep("\\${value.charCodeAt(0)}", ${value.length})`
          : `"${Array.from(value, unit => `\\${String(unit.charCodeAt(0)).padStart(3, '0')}`).join('')}"`
    }
    if (!(value instanceof FakeTable)) return 'print'
    const known = numbers.get(value.identity())
    if (known !== undefined) return `T[${known}]`
    numbers.set(value.identity(), numbers.size + 1)
    statements.push(`T[${numbers.size}] = {}`)
    open.push(value)
    return `T[${numbers.size}]`
  }

  const expressions = values.map(expression)
  for (let table = open.shift(); table !== undefined; table = open.shift()) {
    const name = `T[${numbers.get(table.identity())}]`
    for (const [key, value] of table.entries()) {
      statements.push(`${name}[${expression(key)}] = ${expression(value)}`)
    }
  }
  return { statements: statements.join('\n'), expressions }
}

/** How many tables hang together here; counts no further than `most`. */
export function countTables(values: readonly LuaValue[], most: number): number {
  const seen = new Set<object>()
  const open = values.filter(value => value instanceof FakeTable)
  for (let table = open.pop(); table !== undefined && seen.size <= most; table = open.pop()) {
    if (seen.has(table.identity())) continue
    seen.add(table.identity())
    for (const entry of table.entries()) {
      for (const value of entry) if (value instanceof FakeTable) open.push(value)
    }
  }
  return seen.size
}
