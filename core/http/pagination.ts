/** Pages of lists, the same on every list of the API. */
import { Type, type TSchema } from 'typebox'
import type { Page } from '../contracts/page.js'

export const PageQuery = {
  limit: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 20,
    description:
      'Rows on a page. More than the maximum gives the maximum; anything else that does not fit, the default.'
  }),
  offset: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    description: 'Rows to leave out. What is not a whole number from 0 gives 0.'
  })
}

export const Pagination = Type.Object(
  {
    total: Type.Integer({ minimum: 0, description: 'All rows there are.' }),
    limit: Type.Integer({ minimum: 1, maximum: 100, description: 'As used.' }),
    offset: Type.Integer({ minimum: 0, description: 'As used.' })
  },
  { title: 'Pagination', examples: [{ total: 42, limit: 20, offset: 0 }] }
)

/** The schema of one page: rows under `name`, and how many there are. The row's example is the page's too. */
export const pageOf = <N extends string, T extends TSchema>(name: N, row: T) =>
  Type.Object(
    { [name]: Type.Array(row), pagination: Pagination } as Record<
      N,
      ReturnType<typeof Type.Array<T>>
    > & { pagination: typeof Pagination },
    {
      examples: [
        {
          [name]: (row as { examples?: unknown[] }).examples ?? [],
          pagination: { total: 1, limit: 20, offset: 0 }
        }
      ]
    }
  )

/** One page of a list that is in memory as a whole. */
export function cutPage<T>(all: readonly T[], { limit, offset }: Page) {
  const rows = all.slice(offset, offset + limit)
  return { rows, pagination: toPagination(all.length, { limit, offset }) }
}

export const toPagination = (total: number, { limit, offset }: Page) => ({ total, limit, offset })
