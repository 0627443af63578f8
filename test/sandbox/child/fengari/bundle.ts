/** What the tests get of the engine, bundled with its substitutions as in the sandbox. */
export * from '../../../../sandbox/child/engine.js'
export { createEngine } from '../../../../sandbox/child/fengari/engine.js'
