/** The globals of a run, made of templates. */
import type { EngineOptions } from './api.js'
import type { Border } from './interop.js'
import { baseLibrary } from './library/base.js'
import { bit32Library } from './library/bit32.js'
import { compatibility } from './library/compatibility.js'
import { coroutineLibrary } from './library/coroutine.js'
import { toNatives } from './library/library.js'
import { loadLibrary } from './library/load.js'
import { mathLibrary } from './library/math.js'
import { osLibrary } from './library/os.js'
import { requireFunction } from './library/require.js'
import { stringLibrary } from './library/string.js'
import { tableLibrary } from './library/table.js'
import { utf8Library } from './library/utf8.js'
import type { Vm } from './vm/vm.js'
import { dictionaryShape, emptyShape, lentChanges, shapeOf } from './shape.js'
import { Table } from './table.js'
import { MetaTemplate, Template } from './pristine-table.js'
import type { Native, Value } from './value.js'

export interface Environment {
  /** Gives the machine new globals that nothing has touched. */
  renew(): void
  /** Lets go of the last run's. */
  clear(): void
}

type Fields = ReadonlyArray<readonly [string, Value]>

export function createEnvironment(vm: Vm, options: EngineOptions, border: Border): Environment {
  const math = mathLibrary(options.random)
  const modules = requireFunction(vm, options.sources ?? {})
  const old = compatibility(vm)
  const globals: Fields = [
    ...baseLibrary(vm, options.print),
    ...toNatives(loadLibrary(vm), ''),
    ...(modules === undefined ? [] : [['require', modules.require] as const]),
    ...old.globals,
    ['_VERSION', 'Lua 5.3'],
    ['_G', undefined]
  ]
  const strings = new Template([...toNatives(stringLibrary(vm), 'string.'), ...old.string])
  const stringMeta = new MetaTemplate(strings)
  const libraries = new Map<string, Template>([['string', strings]])
  const others: Record<string, Fields> = {
    table: [...toNatives(tableLibrary(vm), 'table.'), ...old.table],
    math: [...math.fields, ...old.math],
    coroutine: coroutineLibrary(vm),
    os: toNatives(osLibrary(vm, options.now), 'os.'),
    utf8: utf8Library(vm),
    bit32: toNatives(bit32Library, 'bit32.')
  }
  for (const [name, fields] of Object.entries(others)) libraries.set(name, new Template(fields))
  for (const { name, functions } of options.libraries) {
    const natives: Array<readonly [string, Native]> = Object.entries(functions).map(
      ([field, body]) => [field, border.toNative(`${name}.${field}`, body)]
    )
    libraries.set(name, new Template(natives))
  }
  const names = [...globals.map(([name]) => name), ...libraries.keys()]
  const templates = [...libraries.values()]
  const slots: Value[] = [
    ...globals.map(([, value]) => value),
    ...templates.map(template => template.renew())
  ]
  const slotOfFirst = globals.length
  const slotOfGlobals = names.indexOf('_G')
  const nothing = new Table()
  /** The tree that `shape` is of: a run's globals are remembered no longer than it. */
  let tree = emptyShape
  let shape = shapeOf(names)
  let seen = lentChanges

  /** So that nothing of a run is held: what it has changed is made anew. */
  function freshen(): void {
    modules?.renew()
    if (seen === lentChanges) return
    seen = lentChanges
    for (let i = 0; i < templates.length; i++) {
      slots[slotOfFirst + i] = (templates[i] as Template).renew()
    }
    stringMeta.renew()
  }

  return {
    renew() {
      if (tree !== emptyShape) {
        tree = emptyShape
        shape = shapeOf(names)
      }
      const fresh = new Table(shape ?? dictionaryShape(names), slots.slice())
      fresh.slots[slotOfGlobals] = fresh
      vm.globals = fresh
      vm.stringMeta = stringMeta.renew()
      math.renew()
    },
    clear() {
      vm.globals = vm.stringMeta = nothing
      freshen()
    }
  }
}
