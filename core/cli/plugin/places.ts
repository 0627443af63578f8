/** What the commands for plugins work on, and how they fail. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readDataFolder, readPluginList, withEnvironment } from '../../../config/load.js'
import { MoonletError } from '../../base/errors.js'
import { findAtHome } from '../../third-party/home/find.js'
import type { Context } from '../context.js'
import { Failure } from '../failure.js'
import type { TriedPlugin } from './trial-report.js'

export interface Places {
  readonly dataFolder: string
  /** Those that the next start would load: of the setting PLUGINS, then of the data folder. */
  readonly plugins: readonly TriedPlugin[]
  /** The setting is set: plugins with tables of their own cannot be used. */
  readonly onPostgres: boolean
}

export const findDataFolder = ({ settings }: Context): string =>
  resolve(readDataFolder(withEnvironment(settings)))

export async function findPlaces(context: Context): Promise<Places> {
  const environment = withEnvironment(context.settings)
  const dataFolder = findDataFolder(context)
  const named = readPluginList(environment).map(specifier => ({
    name: specifier,
    specifier,
    atHome: false
  }))
  const atHome = (await findAtHome(dataFolder)).map(({ name, path, remedy }) => ({
    name,
    specifier: path,
    atHome: true,
    remedy
  }))
  return {
    dataFolder,
    plugins: [...named, ...atHome],
    onPostgres: (environment.DATABASE_URL ?? '') !== ''
  }
}

/** The user of the server: whoever has the data folder. */
export async function ownerOf(folder: string): Promise<number | undefined> {
  return (await stat(folder).catch(() => undefined))?.uid
}

/** Does the work on the plugins' folder; where this user may not, says who may. */
export async function asPermitted<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, path = folder } = error as NodeJS.ErrnoException
    if (error instanceof Failure || error instanceof MoonletError) throw error
    if (code === 'EACCES' || code === 'EPERM') {
      throw new Failure(
        'failed',
        `This user may not change ${path} (${code}): run the command as the owner of ${folder}, or as root`,
        {},
        { cause: error }
      )
    }
    if (code === undefined) throw error
    throw new Failure('failed', `${path}: ${(error as Error).message}`, {}, { cause: error })
  }
}
