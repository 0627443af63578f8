import type { FunctionWithVersion } from '../contracts/functions.js'
import type { Storage } from '../contracts/storage.js'

const PAGE = 100

/** All functions, oldest first. */
export async function listFunctions(
  functions: Pick<Storage['functions'], 'list'>
): Promise<FunctionWithVersion[]> {
  const all: FunctionWithVersion[] = []
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = await functions.list({ limit: PAGE, offset })
    all.push(...rows)
    if (rows.length < PAGE) return all.reverse()
  }
}
