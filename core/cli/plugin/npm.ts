/** npm, for packages that are named and not there; a server without it takes folders and archives. */
import { execa } from 'execa'
import { join } from 'node:path'
import { Failure } from '../failure.js'

const PATIENCE_MS = 300_000
/** Nothing of a package runs before it has been looked at. */
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

/** Such as `moonlet-plugin-redis`, `@us/plugin` or one of them with `@1.2.0`. */
export const isPackageSpec = (text: string): boolean =>
  /^(?:@[\w.~-]+\/)?[\w~][\w.~-]*(?:@[\w.^~<>=*-]+)?$/.test(text) &&
  !/\.(?:tgz|tar\.gz)$/.test(text)

/** Has the package's archive put into the folder; gives its path. */
export async function fetchPackage(spec: string, folder: string): Promise<string> {
  const { stdout } = await runNpm(['pack', spec, '--pack-destination', folder, ...quiet], folder)
  return join(folder, stdout.trim().split('\n').at(-1) ?? '')
}

/** Installs what the plugin in the folder needs to run into its own node_modules. */
export async function installDependencies(folder: string): Promise<void> {
  await runNpm(
    [
      'install',
      '--omit=dev',
      '--legacy-peer-deps',
      '--no-package-lock',
      '--no-bin-links',
      ...quiet
    ],
    folder
  )
}

async function runNpm(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  const result = await execa('npm', args, {
    cwd,
    reject: false,
    timeout: PATIENCE_MS,
    stdin: 'ignore',
    env: { NODE_OPTIONS: '' }
  })
  if (!result.failed) return result
  if (result.code === 'ENOENT') {
    throw new Failure(
      'failed',
      'There is nothing of that name here, and no npm to ask for a package: fetch it where there is one ' +
        '(npm pack NAME), and add the .tgz'
    )
  }
  const said = result.stderr.trim() === '' ? result.shortMessage : result.stderr.trim()
  throw new Failure('failed', `npm failed: ${said}`)
}
