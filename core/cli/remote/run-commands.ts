/** The commands about functions that are on the server. What each needs is loaded when it runs. */
import type { Command } from 'commander'
import type { Runner } from '../context.js'
import type { DevOptions } from './dev.js'
import type { EnvOptions } from './env.js'
import type { KvOptions } from './kv.js'
import type { RunOptions } from './run.js'

export function addRuns(program: Command, run: Runner): void {
  addRun(program, run)
  addDev(program, run)
  addHistory(program, run)
  addEnv(program, run)
  addKv(program, run)
  addVersions(program, run)
  program
    .command('nodes')
    .description('list the servers on the same data: version, load, sandboxes, lag')
    .action(() => run(async context => (await import('./nodes.js')).nodes(context)))
  program
    .command('openapi')
    .description("print the OpenAPI document of the server's API")
    .action(() => run(async context => (await import('./openapi.js')).openapi(context)))
}

const collect = (value: string, before: string[]): string[] => [...before, value]

/** What a call is made of. */
const withEvent = (command: Command): Command =>
  command
    .option('-d, --data <text>', 'body of the request; @FILE reads it from a file')
    .option('-X, --method <method>', 'GET, or POST with --data, if left out')
    .option('--path <path>', 'what follows the address of the function')
    .option('--query <name=value>', 'may be given several times', collect, [])
    .option('-H, --header <name:value>', 'may be given several times', collect, [])

function addRun(program: Command, run: Runner): void {
  withEvent(
    program
      .command('run')
      .description('call a function, or run code as that function without saving it')
      .argument('<name>', 'folder, id, slug or name')
  )
    .option('--draft <file>', 'run the code of this file in the place of the active version')
    .action((name: string, options: RunOptions) =>
      run(async context => (await import('./run.js')).run(context, name, options))
    )
}

function addDev(program: Command, run: Runner): void {
  withEvent(
    program
      .command('dev')
      .description('check and run each function as a draft whenever it is saved')
      .argument('[names...]', 'only these functions')
  )
    .option('--push', 'keep the server equal: push each save that the check passes')
    .action((names: string[], options: DevOptions) =>
      run(async context => (await import('./dev.js')).dev(context, names, options))
    )
}

function addHistory(program: Command, run: Runner): void {
  program
    .command('logs')
    .description('print the last runs and their logs')
    .argument('[name]', 'all functions if left out')
    .option('-f, --follow', 'go on with each run as it ends; with --json one document in a line')
    .option('-n, --limit <count>', 'runs, up to 100', '20')
    .action((name: string | undefined, options: { follow?: boolean; limit: string }) =>
      run(async context => (await import('./logs.js')).logs(context, name, options))
    )
  program
    .command('executions')
    .description('list the last runs of a function')
    .argument('<name>')
    .option('--status <status>', 'only success, error or pending')
    .option('-n, --limit <count>', 'up to 100', '20')
    .action((name: string, options: { status?: string; limit: string }) =>
      run(async context => (await import('./logs.js')).executions(context, name, options))
    )
}

function addEnv(program: Command, run: Runner): void {
  const env = program.command('env').description('the variables of a function')
  const add = (name: string, description: string) =>
    env
      .command(name)
      .description(description)
      .argument('[args...]')
      .option('--shared', 'those that all functions share; there is no function to name then')
  add('list', 'print their names: list <function>')
    .option('--values', 'with their values')
    .action((args: string[], options: EnvOptions & { values?: boolean }) =>
      run(async context => (await import('./env.js')).listEnv(context, args, options))
    )
  add(
    'set',
    'set some, and leave the others: set <function> <NAME=value...>; of NAME alone the value is read from ' +
      'standard input'
  ).action((args: string[], options: EnvOptions) =>
    run(async context => (await import('./env.js')).setEnv(context, args, options))
  )
  add('unset', 'remove some: unset <function> <NAME...>').action(
    (args: string[], options: EnvOptions) =>
      run(async context => (await import('./env.js')).unsetEnv(context, args, options))
  )
}

function addKv(program: Command, run: Runner): void {
  const kv = program.command('kv').description('what a function has stored')
  const add = (name: string, description: string) =>
    kv
      .command(name)
      .description(description)
      .option('--global', 'the store that all functions share; there is no function to name then')
  add('list', 'list the keys: list <function>')
    .argument('[args...]')
    .option('--prefix <text>', 'only keys that begin with this')
    .action((args: string[], options: KvOptions) =>
      run(async context => (await import('./kv.js')).listKv(context, args, options))
    )
  add('get', 'print a value: get <function> <key>')
    .argument('[args...]')
    .action((args: string[], options: KvOptions) =>
      run(async context => (await import('./kv.js')).getKv(context, args, options))
    )
  add('set', 'write a value: set <function> <key> <value>')
    .argument('[args...]')
    .option('--ttl <seconds>', 'how long it is kept')
    .action((args: string[], options: KvOptions) =>
      run(async context => (await import('./kv.js')).setKv(context, args, options))
    )
  add('delete', 'delete a value: delete <function> <key>')
    .argument('[args...]')
    .action((args: string[], options: KvOptions) =>
      run(async context => (await import('./kv.js')).deleteKv(context, args, options))
    )
}

function addVersions(program: Command, run: Runner): void {
  program
    .command('versions')
    .description('list the versions of a function')
    .argument('<name>')
    .option('-n, --limit <count>', 'up to 100', '20')
    .action((name: string, options: { limit: string }) =>
      run(async context => (await import('./versions.js')).versions(context, name, options))
    )
  program
    .command('activate')
    .description('make a version the one that runs')
    .argument('<name>')
    .argument('<version>', 'its number')
    .action((name: string, version: string) =>
      run(async context => (await import('./versions.js')).activate(context, name, version))
    )
  program
    .command('rollback')
    .description('make the version before the active one the one that runs')
    .argument('<name>')
    .option('--to <version>', 'the one with this number')
    .action((name: string, options: { to?: string }) =>
      run(async context => (await import('./versions.js')).rollback(context, name, options))
    )
}
