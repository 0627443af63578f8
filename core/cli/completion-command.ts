/** `moonlet completion`: what a shell needs to complete commands and options. */
import { Argument, type Command } from 'commander'
import type { Runner } from './context.js'

export function addCompletion(program: Command, run: Runner): void {
  program
    .command('completion')
    .description('print the completion of a shell: source <(moonlet completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      run(async context => {
        const { completionScript } = await import('./completion.js')
        for (const line of completionScript(program, shell).trimEnd().split('\n')) {
          context.terminal.say(line)
        }
        return 0
      })
    )
}
