/**
 * What a sandbox process runs first: it compiles the sandbox's program, which is the file beside it, and calls it.
 * The argument is how many bytes come first on the channel: the code that V8 made of the program in an earlier
 * process. With it a start costs a third less.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { read } from './blocking-io.js'

const cachedData = Buffer.allocUnsafeSlow(Number(process.argv[2] ?? 0))
for (let filled = 0; filled < cachedData.length;) {
  filled += read(cachedData, filled, cachedData.length - filled)
}
const source = readFileSync(join(__dirname, 'child-program.js'), 'latin1')
const script = new Script(source, {
  filename: 'sandbox',
  ...(cachedData.length === 0 ? {} : { cachedData })
})
// V8 has read it. Without this its 1 MiB would stay for good.
if (cachedData.length > 0) cachedData.buffer.transfer(0)
const program = script.runInThisContext() as (require: NodeJS.Require, script: Script) => void
program(require, script)
