/** The globals of a run, made of pristine tables. */
import type { EngineOptions } from './api.js'
import type { Interop } from './interop.js'
import { baseLibrary } from './library/base.js'
import { bit32Library } from './library/bit32.js'
import { compatibility } from './library/compatibility.js'
import { coroutineLibrary } from './library/coroutine.js'
import { toNatives } from './library/library.js'
import { loadLibrary } from './library/load.js'
import { mathLibrary, type MathLibrary } from './library/math.js'
import { osLibrary } from './library/os.js'
import { requireFunction, type Modules } from './library/require.js'
import { stringLibrary } from './library/string.js'
import { tableLibrary } from './library/table.js'
import { utf8Library } from './library/utf8.js'
import type { Vm } from './vm/vm.js'
import { dictionaryShape, emptyShape, cowEpoch, shapeOf, type Shape } from './shape.js'
import { Table } from './table.js'
import { PristineMetatable, PristineTable } from './pristine-table.js'
import type { Value } from './value.js'

type FieldList = ReadonlyArray<readonly [string, Value]>

/** The library tables of a run by name, without those that the product adds. */
function standardLibraries(
  vm: Vm,
  options: EngineOptions,
  math: MathLibrary,
  old: ReturnType<typeof compatibility>
): Record<string, FieldList> {
  return {
    string: [...toNatives(stringLibrary(vm), 'string.'), ...old.string],
    table: [...toNatives(tableLibrary(vm), 'table.'), ...old.table],
    math: [...math.fields, ...old.math],
    coroutine: coroutineLibrary(vm),
    os: toNatives(osLibrary(vm, options.now), 'os.'),
    utf8: utf8Library(vm),
    bit32: toNatives(bit32Library, 'bit32.')
  }
}

/** Gives the machine new globals for every run, which nothing has touched. */
export class Environment {
  private readonly math: MathLibrary
  readonly modules: Modules
  private readonly libraries: readonly PristineTable[]
  private readonly stringMeta: PristineMetatable
  /** Names and values of all globals; those of the libraries stand last. */
  private readonly names: string[]
  private readonly slots: Value[]
  private readonly firstLibrary: number
  private readonly slotOfGlobals: number
  private readonly nothing = new Table()
  /** The tree that `shape` is of: a run's globals are remembered no longer than it. */
  private tree = emptyShape
  private shape: Shape | undefined
  private checked = cowEpoch

  constructor(
    private readonly vm: Vm,
    options: EngineOptions,
    interop: Interop
  ) {
    this.math = mathLibrary(options.random)
    this.modules = requireFunction(vm, options.sources ?? {}, name => this.names.includes(name))
    const old = compatibility(vm)
    const globals: FieldList = [
      ...baseLibrary(vm, options.print),
      ...toNatives(loadLibrary(vm), ''),
      ['require', this.modules.require],
      ...old.globals,
      ['_VERSION', 'Lua 5.3'],
      ['_G', undefined]
    ]
    const libraries = new Map<string, PristineTable>()
    const standard = standardLibraries(vm, options, this.math, old)
    for (const [name, fields] of Object.entries(standard)) {
      libraries.set(name, new PristineTable(fields))
    }
    for (const { name, functions } of options.libraries) {
      const natives = Object.entries(functions).map(
        ([field, body]) => [field, interop.toNative(`${name}.${field}`, body)] as const
      )
      libraries.set(name, new PristineTable(natives))
    }
    this.stringMeta = new PristineMetatable(libraries.get('string') as PristineTable)
    this.libraries = [...libraries.values()]
    this.names = [...globals.map(([name]) => name), ...libraries.keys()]
    this.slots = [
      ...globals.map(([, value]) => value),
      ...this.libraries.map(library => library.fresh())
    ]
    this.firstLibrary = globals.length
    this.slotOfGlobals = this.names.indexOf('_G')
    this.shape = shapeOf(this.names)
  }

  /** To be called before each run. */
  enter(): void {
    if (this.tree !== emptyShape) {
      this.tree = emptyShape
      this.shape = shapeOf(this.names)
    }
    const globals = new Table(this.shape ?? dictionaryShape(this.names), this.slots.slice())
    globals.slots[this.slotOfGlobals] = globals
    this.vm.globals = globals
    this.vm.stringMeta = this.stringMeta.fresh()
    this.math.reset()
  }

  /** To be called after each run: lets go of its globals, and makes anew what it has changed. */
  leave(): void {
    this.vm.globals = this.vm.stringMeta = this.nothing
    this.modules.reset()
    if (this.checked === cowEpoch) return
    this.checked = cowEpoch
    for (let i = 0; i < this.libraries.length; i++) {
      this.slots[this.firstLibrary + i] = (this.libraries[i] as PristineTable).fresh()
    }
    this.stringMeta.fresh()
  }
}
