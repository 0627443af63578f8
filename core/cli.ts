/** The `moonlet` program, as its launcher (moonlet.sh) and `node dist/core/cli.js` start it. */
import { constants, setPriority } from 'node:os'
import { inRuntime } from './process/runtime.js'

await inRuntime(async () => {
  const { failStart } = await import('./process/start-error.js')
  const { createTerminal } = await import('./cli/terminal.js')
  const { watchOutput } = await import('./cli/lost-output.js')
  const { runProgram } = await import('./cli/program.js').catch(failStart)
  const { endWhenUnread } = watchOutput()
  process.exitCode = await runProgram(
    process.argv.slice(2),
    createTerminal(process.stdout, process.stderr),
    {
      lowerPriority() {
        setPriority(constants.priority.PRIORITY_LOW)
      },
      endWhenUnread
    }
  )
})
