/** The commands that run a server or work on its data folder. What each needs is loaded when it runs. */
import type { Command } from 'commander'
import type { Runner } from './context.js'
import type { MigrateOptions } from './migrate.js'
import { addPlugins } from './plugin/commands.js'

export function addOfflineCommands(program: Command, run: Runner): void {
  program.commandsGroup('On the machine of the server:')
  addServe(program, run)
  addBackups(program, run)
  addTransfers(program, run)
  addPlugins(program, run)
  addMigrate(program, run)
  program
    .command('doctor')
    .description('look whether what Moonlet stands on is as it should be, and say what to do')
    .action(() => run(async context => (await import('./doctor.js')).doctor(context)))
  program
    .command('rotate-secrets')
    .description('encrypt all that is secret with a new key; the server must be stopped')
    .action(() =>
      run(async context => (await import('./rotate-secrets.js')).rotateSecrets(context))
    )
  program
    .command('discard-secrets')
    .description('remove all that is encrypted with a key that is lost; the server must be stopped')
    .action(() =>
      run(async context => (await import('./discard-secrets.js')).discardSecrets(context))
    )
}

function addServe(program: Command, run: Runner): void {
  program
    .command('serve', { isDefault: true })
    .description('run the server (what happens without a command)')
    .option('--workers <number>', 'servers on the port, or "auto" (setting WORKERS)')
    .allowExcessArguments()
    .action(async ({ workers }: { workers?: string }, command: Command) => {
      const [unknown] = command.args
      if (unknown !== undefined) {
        command.error(
          `error: unknown command '${unknown}'. Run "moonlet --help" for those there are.`
        )
      }
      await run(async ({ settings }) => {
        const { serve } = await import('../process/serve.js')
        await serve(workers === undefined ? settings : { ...settings, WORKERS: workers })
        return 0
      })
    })
}

function addBackups(program: Command, run: Runner): void {
  program
    .command('backup')
    .description('copy the database to one file, consistent and checked; also while a server runs')
    .argument('<file>', 'where to; its folder must exist')
    .option('--force', 'replace the file if it exists')
    .action((file: string, options: { force?: boolean }) =>
      run(async context =>
        (await import('./backup.js')).backup(context, file, options.force === true)
      )
    )

  program
    .command('restore')
    .description(
      'put a backup in the place of the database, and keep the old one; the server must be stopped'
    )
    .argument('<file>', 'a file that "moonlet backup" made')
    .action((file: string) =>
      run(async context => (await import('./backup.js')).restore(context, file))
    )
}

function addMigrate(program: Command, run: Runner): void {
  program
    .command('migrate')
    .description(
      'move everything of a data folder into an empty PostgreSQL database; the server must be stopped'
    )
    .option(
      '--from <file>',
      'the database, or a backup of it; moonlet.db of the data folder if left out'
    )
    .option('--to <url>', 'postgres://…; DATABASE_URL if left out, which hides its password')
    .option('--dry-run', 'look at both, count, and write nothing')
    .action((options: MigrateOptions) =>
      run(async context => (await import('./migrate.js')).migrate(context, options))
    )
}

function addTransfers(program: Command, run: Runner): void {
  program
    .command('export')
    .description(
      'write functions as plain files, <name>/main.lua and <name>/function.json, and the variables that all share'
    )
    .argument('<folder>', 'where to; made if absent')
    .option('--function <id-or-name>', 'only this one')
    .option('--with-secrets', 'also the values of environment variables, readable')
    .action((folder: string, options: { function?: string; withSecrets?: boolean }) =>
      run(async context => {
        const { exportToFolder } = await import('./export.js')
        return exportToFolder(context, folder, options.function, options.withSecrets === true)
      })
    )

  program
    .command('import')
    .description(
      'take over functions from a folder that "moonlet export" wrote, or a database of lunar; ' +
        'the server must be stopped'
    )
    .argument('<path>', 'the folder, or the database file')
    .action((path: string) =>
      run(async context => (await import('./import.js')).importFrom(context, path))
    )
}
