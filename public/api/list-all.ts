/** Lists that are wanted as a whole, asked for in pages. */

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
