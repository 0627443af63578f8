/**
 * Runs the chunk on its standard input in Moonlet's engine: a process of its own, so that one that hangs can be
 * ended.
 */
import { readFileSync, writeSync } from 'node:fs'
import { LuaFault, testEngine } from '../load.js'

const { engine, printed } = testEngine()
try {
  engine.run(
    engine.prepare(`${readFileSync(0, 'latin1')}\nfunction handler() return {} end`, 'stdin'),
    {},
    {}
  )
} catch (error) {
  if (!(error instanceof LuaFault)) throw error
  printed.push(error.info.message)
}
const output = Buffer.from(printed.map(text => text + '\n').join(''), 'latin1')
for (let sent = 0; sent < output.length;) sent += writeSync(1, output, sent)
