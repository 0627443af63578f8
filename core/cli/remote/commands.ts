/** The commands that speak with a running server. What each needs is loaded when it runs. */
import type { Command } from 'commander'
import type { Runner } from '../context.js'
import type { PushOptions } from './push.js'
import { templates } from './templates.js'
import { addRuns } from './run-commands.js'

export function addRemoteCommands(program: Command, run: Runner): void {
  program.commandsGroup('With a running server, from anywhere:')
  addLogin(program, run)
  addProject(program, run)
  addPush(program, run)
  addRuns(program, run)
}

function addLogin(program: Command, run: Runner): void {
  program
    .command('login')
    .description('remember a server and a token, for you alone')
    .argument('<url>', 'such as https://functions.example.org')
    .option('--token <token>', 'without it, the token is read from standard input')
    .action((url: string, options: { token?: string }) =>
      run(async context => (await import('./login.js')).login(context, url, options))
    )
  program
    .command('logout')
    .description('forget a server and its token')
    .argument('[url]', 'the one of the last login if left out')
    .action((url?: string) =>
      run(async context => (await import('./login.js')).logout(context, url))
    )
}

function addProject(program: Command, run: Runner): void {
  program
    .command('init')
    .description('make a folder a project: what editors and git need')
    .argument('[folder]', 'this one if left out')
    .action((folder?: string) =>
      run(async context => (await import('./init.js')).init(context, folder))
    )
  program
    .command('new')
    .description('write a new function into the project')
    .argument('<name>')
    .option('--template <id>', Object.keys(templates).join(', '), 'http')
    .action((name: string, options: { template: string }) =>
      run(async context => (await import('./new.js')).newFunction(context, name, options))
    )
}

function addPush(program: Command, run: Runner): void {
  program
    .command('pull')
    .description('write what the server has into the folder; what was changed here is kept')
    .argument('[names...]', 'only these functions')
    .option('--check', 'write nothing, and exit with 3 when the server and the folder differ')
    .action((names: string[], options: { check?: boolean }) =>
      run(async context => (await import('./pull.js')).pull(context, names, options))
    )
  program
    .command('push')
    .description('change the server to what the folder has: all of it or nothing')
    .argument('[names...]', 'only these functions')
    .option(
      '-y, --yes',
      'do not ask; what was changed on the server meanwhile ends it all the same'
    )
    .option('-m, --message <text>', 'kept with the new versions')
    .option('--commit <id>', 'kept with the new versions; git is asked if left out')
    .option('--no-activate', 'make new versions that do not run yet')
    .option('--force', 'overwrite what was changed on the server')
    .action((names: string[], options: PushOptions) =>
      run(async context => (await import('./push.js')).push(context, names, options))
    )
  program
    .command('diff')
    .description('show what a push would change')
    .argument('[names...]', 'only these functions')
    .action((names: string[]) =>
      run(async context => (await import('./diff.js')).diff(context, names))
    )
}
