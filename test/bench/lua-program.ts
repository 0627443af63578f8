/**
 * Warms one Lua program up, runs it several times in one engine, in this process alone, and writes CPU times
 * (milliseconds) and output as JSON: `node lua-program.js moonlet|fengari FILE ROUNDS`. A process each, as in the
 * sandbox, so that no program meets code that another one has made V8 deoptimise.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type * as Engine from '../sandbox/lua/bundle.js'

const require = createRequire(import.meta.url)
const [which = '', file = '', rounds = '5'] = process.argv.slice(2)
const text = readFileSync(file, 'latin1')
const output: string[] = []
/** Milliseconds that each program runs before it is measured. */
const WARM_UP = 1000

/** One round: sets the program up, and gives what is to be timed. */
const prepare = which === 'moonlet' ? prepareMoonlet() : prepareFengari()

const times: number[] = []
let spent = 0
for (let i = 0; times.length < Number(rounds); i++) {
  output.length = 0
  const run = prepare()
  const from = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(from)
  const milliseconds = (user + system) / 1000
  // What V8 does to compile the hot paths is not what is to be compared.
  if (spent > WARM_UP && i > 1) times.push(milliseconds)
  spent += milliseconds
}
process.stdout.write(JSON.stringify({ times, output }))

function prepareMoonlet(): () => () => void {
  const { createEngine } = require('../../sandbox/engine-for-tests.cjs') as typeof Engine
  const engine = createEngine({
    libraries: [],
    print: line => {
      output.push(line)
    },
    now: Date.now,
    random: Math.random,
    memoryLimit: 2 ** 29
  })
  const program = engine.prepare(`${text}\nfunction handler() return {} end`, 'bench')
  return () => () => {
    engine.run(program, undefined, undefined)
  }
}

interface Fengari {
  lua: {
    lua_pcall(state: object, args: number, results: number, handler: number): number
    lua_pushvalue(state: object, index: number): void
    lua_gettop(state: object): number
    lua_pushcfunction(state: object, fn: (state: object) => number): void
    lua_setglobal(state: object, name: Uint8Array): void
    lua_tojsstring(state: object, index: number): string
  }
  lauxlib: {
    luaL_newstate(): object
    luaL_loadbuffer(state: object, text: Uint8Array, size: number | null, name: Uint8Array): number
    luaL_tolstring(state: object, index: number): Uint8Array
  }
  lualib: { luaL_openlibs(state: object): void }
  to_luastring(text: string): Uint8Array
}

function prepareFengari(): () => () => void {
  const { lua, lauxlib, lualib, to_luastring: toLua } = require('fengari') as Fengari
  const code = Uint8Array.from(text, c => c.charCodeAt(0))
  return () => {
    const state = lauxlib.luaL_newstate()
    lualib.luaL_openlibs(state)
    lua.lua_pushcfunction(state, inner => {
      const count = lua.lua_gettop(inner)
      output.push(
        Array.from({ length: count }, (_, i) =>
          Buffer.from(lauxlib.luaL_tolstring(inner, i + 1)).toString('latin1')
        ).join('\t')
      )
      return 0
    })
    lua.lua_setglobal(state, toLua('print'))
    if (lauxlib.luaL_loadbuffer(state, code, null, toLua('@bench')) !== 0) {
      throw new Error(lua.lua_tojsstring(state, -1))
    }
    return () => {
      if (lua.lua_pcall(state, 0, 0, 0) !== 0) throw new Error(lua.lua_tojsstring(state, -1))
    }
  }
}
