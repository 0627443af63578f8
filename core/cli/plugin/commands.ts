/** The commands for plugins. What each needs is loaded when it runs. */
import type { Command } from 'commander'
import type { Runner } from '../context.js'
import type { AddOptions } from './add.js'

export function addPlugins(program: Command, run: Runner): void {
  const plugin = program
    .command('plugin')
    .description('the plugins in the data folder: list, add, remove, or begin a new one')

  plugin
    .command('list')
    .description('show the plugins that the next start loads, and what each adds')
    .action(() => run(async context => (await import('./list.js')).listPlugins(context)))
  plugin
    .command('add')
    .description(
      'check a plugin, try it on an empty data folder, and put it where every start finds it'
    )
    .argument(
      '<source>',
      'a folder, a .tgz that "npm pack" made, or, where npm is, the name of a package'
    )
    .option('--force', 'replace the plugin of that name')
    .option('--no-trial', 'only import it: do not start it')
    .action((source: string, options: AddOptions) =>
      run(async context => (await import('./add.js')).addPlugin(context, source, options))
    )
  plugin
    .command('new')
    .description('write a plugin to begin with into a new folder: module, route, page, test')
    .argument('<name>', 'small letters, digits and dashes')
    .action((name: string) =>
      run(async context => (await import('./new.js')).newPlugin(context, name))
    )
  plugin
    .command('remove')
    .description('take a plugin out of the data folder')
    .argument('<name>')
    .action((name: string) =>
      run(async context => (await import('./remove.js')).removePlugin(context, name))
    )
}
