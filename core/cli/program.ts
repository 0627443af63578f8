/** The commands of the `moonlet` program and their options. Exit codes: 0 done, 1 failed, 2 wrong usage. */
import { Command, CommanderError } from 'commander'
import { MoonletError } from '../base/errors.js'
import { moonletVersion } from '../base/version.js'
import type { Context } from './context.js'
import { backup, restore } from './backup.js'
import { exportToFolder } from './export.js'
import { importFrom } from './import.js'
import { rotateSecrets } from './rotate-secrets.js'
import type { Terminal } from './terminal.js'

const FAILED = 1
const USAGE = 2

/** Runs one command; gives the exit code. `serve` does not return: it ends the process itself. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0
  const run =
    <T extends unknown[]>(command: (context: Context, ...args: T) => Promise<number>) =>
    async (...args: T) => {
      const { dataDir } = program.opts<{ dataDir?: string }>()
      code = await command(
        { terminal, settings: dataDir === undefined ? {} : { DATA_DIR: dataDir } },
        ...args
      )
    }
  const program = createProgram(terminal, run)
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    const words =
      error instanceof MoonletError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error)
    eachLine(words, terminal.note)
    return FAILED
  }
}

/** For texts of our own, which have several lines. */
function eachLine(text: string, print: (line: string) => void): void {
  for (const line of text.trimEnd().split('\n')) print(line)
}

type Runner = <T extends unknown[]>(
  command: (context: Context, ...args: T) => Promise<number>
) => (...args: T) => Promise<void>

function createProgram(terminal: Terminal, run: Runner): Command {
  const program = new Command('moonlet')
  program
    .description(
      'A small server for Lua functions. Settings are environment variables; see the README.'
    )
    .option('--data-dir <folder>', 'folder of the database and the key files (setting DATA_DIR)')
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
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage.')
    .exitOverride()

  addServe(program, run)
  addBackups(program, run)
  addTransfers(program, run)
  program
    .command('rotate-secrets')
    .description('encrypt all environment variables with a new key; the server must be stopped')
    .action(() => run(rotateSecrets)())
  return program
}

function addServe(program: Command, run: Runner): void {
  program
    .command('serve', { isDefault: true })
    .description('run the server (what happens without a command)')
    .allowExcessArguments()
    .action(async (_options: object, command: Command) => {
      const [unknown] = command.args
      if (unknown !== undefined) {
        command.error(
          `error: unknown command '${unknown}'. Run "moonlet --help" for those there are.`
        )
      }
      await run(serveWith)()
    })
}

function addBackups(program: Command, run: Runner): void {
  program
    .command('backup')
    .description('copy the database to one file, consistent and checked; also while a server runs')
    .argument('<file>', 'where to; its folder must exist')
    .option('--force', 'replace the file if it exists')
    .action((file: string, options: { force?: boolean }) =>
      run(backup)(file, options.force === true)
    )

  program
    .command('restore')
    .description(
      'put a backup in the place of the database, and keep the old one; the server must be stopped'
    )
    .argument('<file>', 'a file that "moonlet backup" made')
    .action((file: string) => run(restore)(file))
}

function addTransfers(program: Command, run: Runner): void {
  program
    .command('export')
    .description('write functions as plain files, <name>/main.lua and <name>/function.json')
    .argument('<folder>', 'where to; made if absent')
    .option('--function <id-or-name>', 'only this one')
    .option('--with-secrets', 'also the values of environment variables, readable')
    .action((folder: string, options: { function?: string; withSecrets?: boolean }) =>
      run(exportToFolder)(folder, options.function, options.withSecrets === true)
    )

  program
    .command('import')
    .description(
      'take over functions from a folder that "moonlet export" wrote, or a database of lunar; ' +
        'the server must be stopped'
    )
    .argument('<path>', 'the folder, or the database file')
    .action((path: string) => run(importFrom)(path))
}

async function serveWith({ settings }: Context): Promise<number> {
  const { serve } = await import('../process/serve.js')
  await serve(settings)
  return 0
}
