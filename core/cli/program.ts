/** The `moonlet` program: reads what it was given, runs one command, says how it ended. */
import { Command, CommanderError } from 'commander'
import { moonletVersion } from '../base/version.js'
import { startError } from '../process/start-error.js'
import { addCompletion } from './completion-command.js'
import type { OwnProcess, Runner } from './context.js'
import { exitCodes, Failure } from './failure.js'
import { createOutput, type Output } from './output.js'
import { addOfflineCommands } from './offline-commands.js'
import { addRemoteCommands } from './remote/commands.js'
import type { Terminal } from './terminal.js'

/**
 * Runs one command; gives the exit code. `serve` does not return: it ends the process itself. `own`: what a command may
 * do to the process, where it runs nothing else.
 */
export async function runProgram(
  args: readonly string[],
  terminal: Terminal,
  own: OwnProcess = { lowerPriority() {}, endWhenUnread() {} }
): Promise<number> {
  let code = 0
  const json = args.includes('--json')
  const output = createOutput(terminal, json)
  const run: Runner = async command => {
    const { dataDir } = program.opts<{ dataDir?: string }>()
    const { terminal, report, emit } = output
    const settings: Record<string, string> = dataDir === undefined ? {} : { DATA_DIR: dataDir }
    code = await command({ ...own, terminal, json, report, emit, settings })
  }
  const complaints: string[] = []
  const program = createProgram(json ? createCollector(output, complaints) : terminal, run)
  try {
    await program.parseAsync(args, { from: 'user' })
    output.end()
    return code
  } catch (error) {
    return tell(error, { output, complaints, terminal, json })
  }
}

/** What the parser complains about becomes the document's error. */
const createCollector = ({ terminal }: Output, complaints: string[]): Terminal => ({
  ...terminal,
  note: line => complaints.push(line)
})

interface Ending {
  readonly output: Output
  readonly complaints: readonly string[]
  readonly terminal: Terminal
  readonly json: boolean
}

function tell(error: unknown, { output, complaints, terminal, json }: Ending): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) {
      output.end()
      return exitCodes.done
    }
    output.end({ error: complaints.join('\n').replace(/^error: /, '') })
    return exitCodes.usage
  }
  const words = wordsOf(error)
  const details = error instanceof Failure ? error.details : {}
  if (json) output.end({ error: words.trimEnd(), ...details })
  else eachLine(words, terminal.note)
  return error instanceof Failure ? exitCodes[error.exit] : exitCodes.failed
}

const wordsOf = (error: unknown): string =>
  error instanceof Failure ? error.message : startError(error)

/** For texts of our own, which have several lines. */
function eachLine(text: string, print: (line: string) => void): void {
  for (const line of text.trimEnd().split('\n')) print(line)
}

function createProgram(terminal: Terminal, run: Runner): Command {
  const program = new Command('moonlet')
  program
    .description(
      'A small server for Lua functions, and the way to it from a terminal. Settings are ' +
        'environment variables; see the guide, /guide of a server.'
    )
    .option('--data-dir <folder>', 'folder of the database and the key files (setting DATA_DIR)')
    .option('--json', 'print one JSON document, and nothing else')
    .version(moonletVersion, '--version', 'print the version')
    .helpOption('-h, --help', 'print this, or what a command does')
    .configureOutput({
      writeOut: text => {
        eachLine(text, terminal.say)
      },
      writeErr: text => {
        eachLine(text, terminal.note)
      }
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 the server and the folder differ, ' +
        '4 no or a wrong token, 5 server not reached.'
    )
    .exitOverride()

  addOfflineCommands(program, run)
  addRemoteCommands(program, run)
  addCompletion(program, run)
  return program
}
