/** What the tests get of the engine, bundled with its substitutions as in the sandbox. */
export * from '../../../sandbox/lua/api.js'
export { createEngine } from '../../../sandbox/lua/engine.js'
export { iterateNext } from '../../../sandbox/lua/vm/iterate.js'
export { openAccount } from '../../../sandbox/lua/memory.js'
export { Table } from '../../../sandbox/lua/table.js'
export { compile } from '../../../sandbox/lua/compiler/compile.js'
export { precompiled } from '../../../sandbox/lua/precompiled.js'
export { sources } from '../../../sandbox/lua/precompiled-sources.js'
