/**
 * The engine on Fengari 0.1.5: its parser and code generator (see compiler/), our own machine, values and
 * libraries. One engine serves one process; each run gets globals, library tables, a string metatable, a main
 * coroutine and a random sequence of its own, made from templates by copying a few arrays.
 */
import { LuaFault } from './api.js'
import type { Engine, EngineOptions, LuaTable, Program } from './api.js'
import type { Code } from './compiler/code.js'
import { compile } from './compiler/compile.js'
import { SyntaxFault } from './compiler/llex.js'
import { createBorder } from './interop.js'
import type { LuaError } from './errors.js'
import { MemoryError } from './errors.js'
import { createEnvironment } from './environment.js'
import { faultMessage } from './fault.js'
import { noteIdleHeap, openAccount } from './memory.js'
import { forgetAddresses } from './vm/operations.js'
import { traceback } from './vm/traceback.js'
import { trampoline } from './vm/trampoline.js'
import { Vm } from './vm/vm.js'
import { warmUp } from './warm-up.js'
import { trimShapes } from './shape.js'
import { Table } from './table.js'
import { Closure, Coroutine, Native, closureOf } from './value.js'

class CompiledProgram implements Program {
  constructor(
    readonly chunkName: string,
    readonly code: Code
  ) {}
}

/** An engine with these libraries. Programs of one engine must not be run by another. */
export function createEngine(options: EngineOptions): Engine {
  const onInternalError = options.onInternalError ?? (() => {})
  const vm = new Vm(trampoline(), onInternalError)
  const border = createBorder(onInternalError)
  const environment = createEnvironment(vm, options, border)
  const idle = new Coroutine(undefined, true)

  function begin(): void {
    openAccount(options.memoryLimit)
    trimShapes()
    forgetAddresses()
    vm.main = vm.current = new Coroutine(undefined, true)
    vm.main.status = 'running'
    vm.depth = 0
    vm.handling = false
    environment.renew()
  }

  /** Nothing of the run is held while the process waits for the next one. */
  function end(): void {
    vm.main = vm.current = idle
    environment.clear()
    border.renew()
  }

  const load = (code: Code): void => {
    vm.callAll(closureOf(code, vm.globals), [])
  }

  warmUp(code => {
    begin()
    load(code)
    end()
  })
  noteIdleHeap()

  return {
    prepare(code, chunkName) {
      try {
        return new CompiledProgram(chunkName, compile(code, chunkName))
      } catch (error) {
        if (!(error instanceof SyntaxFault)) throw error
        const { message, line, column } = error
        throw new LuaFault({ kind: 'syntax', message, ...(line > 0 ? { line, column } : {}) })
      }
    },

    run(program, ctx, event) {
      if (!(program instanceof CompiledProgram)) throw new TypeError('a program of another engine')
      let kind: 'load' | 'runtime' = 'load'
      try {
        begin()
        load(program.code)
        const handler = vm.globals.getString('handler')
        if (!(handler instanceof Closure) && !(handler instanceof Native)) {
          throw new LuaFault({
            kind: 'no-handler',
            message: 'handler function not found in Lua code'
          })
        }
        kind = 'runtime'
        const result = vm.callFirst(handler, [border.toLua(ctx), border.toLua(event)])
        if (!(result instanceof Table)) {
          throw new LuaFault({ kind: 'bad-return', message: 'handler did not return a table' })
        }
        return result as unknown as LuaTable
      } catch (thrown) {
        throw thrown instanceof LuaFault
          ? thrown
          : toFault(vm, kind, vm.toLuaError(thrown, vm.current))
      } finally {
        end()
      }
    }
  }
}

function toFault(vm: Vm, kind: 'load' | 'runtime', error: LuaError): LuaFault {
  const trace = safely(() => traceback(vm, vm.current), undefined)
  const message = faultMessage(vm, error.value)
  const line = /^[^\n]*?:(\d+): /.exec(message)?.[1]
  return new LuaFault({
    kind: error instanceof MemoryError ? 'memory' : kind,
    message,
    ...(line === undefined ? {} : { line: Number(line) }),
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
