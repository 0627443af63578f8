import type { FunctionWithVersion } from '../contracts/functions.js'
import type { ModuleSnapshot } from '../contracts/modules.js'
import type { Storage } from '../contracts/storage.js'

const PAGE = 100

/** All functions, oldest first. */
export const listFunctions = async (
  functions: Pick<Storage['functions'], 'list'>
): Promise<FunctionWithVersion[]> => (await listAll(page => functions.list(page))).reverse()

export const listModules = (modules: Pick<Storage['modules'], 'list'>): Promise<ModuleSnapshot[]> =>
  listAll(page => modules.list(page))

async function listAll<T>(
  list: (page: { limit: number; offset: number }) => Promise<{ readonly rows: readonly T[] }>
): Promise<T[]> {
  const all: T[] = []
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = await list({ limit: PAGE, offset })
    all.push(...rows)
    if (rows.length < PAGE) return all
  }
}
