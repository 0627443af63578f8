/**
 * The engine on Fengari 0.1.5: its parser and code generator (see compiler/), our own machine, values and
 * libraries. One engine serves one process; each run gets globals, library tables, a string metatable, a main
 * coroutine and a random sequence of its own, made from pristine tables by copying a few arrays.
 */
import { LuaFault } from './api.js'
import type {
  CallLua,
  Engine,
  EngineOptions,
  LuaFunction,
  LuaTable,
  Program,
  ToLua
} from './api.js'
import type { Code } from './compiler/code.js'
import { compile } from './compiler/compile.js'
import { SyntaxFault } from './compiler/lex-state.js'
import { Interop } from './interop.js'
import type { LuaError } from './errors.js'
import { MemoryError } from './errors.js'
import { Environment } from './environment.js'
import { faultCode, faultMessage } from './fault.js'
import { noteIdleHeap, openAccount } from './memory.js'
import type { Value } from './value.js'
import { forgetAddresses } from './vm/object-address.js'
import { traceback } from './vm/traceback.js'
import { trampoline } from './vm/trampoline.js'
import { Interpreter } from './vm/interpreter.js'
import type { Vm } from './vm/vm.js'
import { warmUp } from './warm-up.js'
import { trimShapes } from './shape.js'
import { Table } from './table.js'
import { Closure, Native, closureOf } from './function.js'
import { Coroutine } from './coroutine.js'

class CompiledProgram implements Program {
  constructor(
    readonly chunkName: string,
    readonly code: Code
  ) {}
}

/** An engine with these libraries. Programs of one engine must not be run by another. */
export const createEngine = (options: EngineOptions): Engine => new LuaEngine(options)

class LuaEngine implements Engine {
  private readonly vm: Vm
  private readonly interop: Interop
  private readonly environment: Environment
  private readonly idle = new Coroutine(undefined, true)

  constructor(private readonly options: EngineOptions) {
    const onInternalError = options.onInternalError ?? (() => {})
    this.vm = new Interpreter(trampoline(), onInternalError)
    this.interop = new Interop(this.vm, onInternalError)
    this.environment = new Environment(this.vm, options, this.interop)
    warmUp(code => {
      this.begin(0)
      this.load(code)
      this.end()
    })
    noteIdleHeap()
  }

  addModule(name: string, code: string, chunkName: string): void {
    this.environment.modules.add(name, code, chunkName)
  }

  prepare(code: string, chunkName: string): Program {
    try {
      return new CompiledProgram(chunkName, compile(code, chunkName))
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      const { message, line, column } = error
      throw new LuaFault({ kind: 'syntax', message, ...(line > 0 ? { line, column } : {}) })
    }
  }

  run(program: Program, ctx: ToLua, event: ToLua, memory = 0): LuaTable {
    return this.runWith(program, ctx, event, memory, result => result)
  }

  runWith<T>(
    program: Program,
    ctx: ToLua,
    event: ToLua,
    memory: number,
    finish: (result: LuaTable, call: CallLua) => T
  ): T {
    if (!(program instanceof CompiledProgram)) throw new TypeError('a program of another engine')
    try {
      return finish(this.callHandler(program, ctx, event, memory), this.call)
    } catch (thrown) {
      // Whoever reads what was returned or raised may be the first to look into a table, which is made then.
      throw thrown instanceof MemoryError ? this.toFault('runtime', thrown) : thrown
    } finally {
      this.end()
    }
  }

  private callHandler(
    program: CompiledProgram,
    ctx: ToLua,
    event: ToLua,
    memory: number
  ): LuaTable {
    const { vm, interop } = this
    let kind: 'load' | 'runtime' = 'load'
    try {
      this.begin(memory)
      this.load(program.code)
      const handler = this.handler()
      kind = 'runtime'
      const result = vm.callFirst(handler, [interop.toLua(ctx), interop.toLua(event)])
      if (!(result instanceof Table)) {
        throw new LuaFault({ kind: 'bad-return', message: 'handler did not return a table' })
      }
      return result as unknown as LuaTable
    } catch (thrown) {
      throw this.toFault(kind, thrown)
    }
  }

  private readonly call: CallLua = (callee: LuaFunction, args: readonly ToLua[]) => {
    try {
      const values = args.map(value => this.interop.toLua(value))
      this.vm.callFirst(callee as unknown as Value, values)
    } catch (thrown) {
      throw this.toFault('runtime', thrown)
    }
  }

  private toFault(kind: 'load' | 'runtime', thrown: unknown): LuaFault {
    const { vm } = this
    return thrown instanceof LuaFault
      ? thrown
      : toFault(vm, kind, vm.toLuaError(thrown, vm.current))
  }

  private begin(memory: number): void {
    const { vm } = this
    const { memoryLimit } = this.options
    openAccount(memory === 0 ? memoryLimit : Math.min(memory, memoryLimit))
    trimShapes()
    forgetAddresses()
    vm.main = vm.current = new Coroutine(undefined, true)
    vm.main.status = 'running'
    vm.depth = 0
    vm.handling = false
    this.environment.enter()
  }

  private load(code: Code): void {
    this.vm.callAll(closureOf(code, this.vm.globals), [])
  }

  private handler(): Closure | Native {
    const handler = this.vm.globals.getString('handler')
    if (handler instanceof Closure || handler instanceof Native) return handler
    throw new LuaFault({ kind: 'no-handler', message: 'handler function not found in Lua code' })
  }

  /** Nothing of the run is held while the process waits for the next one. */
  private end(): void {
    this.vm.main = this.vm.current = this.idle
    this.environment.leave()
    this.interop.reset()
  }
}

function toFault(vm: Vm, kind: 'load' | 'runtime', error: LuaError): LuaFault {
  const trace = safely(() => traceback(vm, vm.current), undefined)
  const message = faultMessage(vm, error.value)
  const code = faultCode(error.value)
  const line = /^[^\n]*?:(\d+): /.exec(message)?.[1]
  return new LuaFault({
    kind: error instanceof MemoryError ? 'memory' : kind,
    message,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(code === undefined ? {} : { code }),
    ...(trace === undefined ? {} : { traceback: trace })
  })
}

function safely<T>(body: () => T, fallback: T): T {
  try {
    return body()
  } catch {
    return fallback
  }
}
