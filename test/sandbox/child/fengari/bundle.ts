/** What the tests get of the engine, bundled with its substitutions as in the sandbox. */
export * from '../../../../sandbox/child/engine.js'
export { createEngine } from '../../../../sandbox/child/fengari/engine.js'
export { iterateNext } from '../../../../sandbox/child/fengari/machine/iterate.js'
export { openAccount } from '../../../../sandbox/child/fengari/memory.js'
export { Table } from '../../../../sandbox/child/fengari/table.js'
