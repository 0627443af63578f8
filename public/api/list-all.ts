/** Lists that are wanted as a whole, asked for in pages. */
import { request } from './client.js'
import type { Pagination } from './types.js'

const MAX_PAGE_SIZE = 100
/** No more than these can be chosen from, or are told to the editor. */
const MAX_ROWS = 1_000

export async function listAll<T>(
  list: (page: { limit: number; offset: number }) => Promise<{ rows: readonly T[]; total: number }>
): Promise<T[]> {
  const found: T[] = []
  for (;;) {
    const { rows, total } = await list({ limit: MAX_PAGE_SIZE, offset: found.length })
    found.push(...rows)
    if (rows.length === 0 || found.length >= Math.min(total, MAX_ROWS)) return found
  }
}

/** Of a list of the management API whose rows are under `name`. */
export const requestAll = <T>(path: string, name: string): Promise<T[]> =>
  listAll(async page => {
    const answer = await request<Record<string, unknown>>(path, { query: page })
    const { total } = answer.pagination as Pagination
    return { rows: answer[name] as T[], total }
  })
