/** The list of keys that begin with a prefix. */
import { part } from '../../alpine.js'
import { listKeys, nextOf } from '../../api/kv.js'
import type { KvEntry } from '../../api/types.js'
import { loadInto, loadMore } from '../../shell/loading.js'
import { keepInAddress } from '../../shell/router.js'
import type { KvState } from './state.js'

const PAGE_SIZE = 50
/** The most that the server returns at once. */
const MAX_PAGE_SIZE = 100
/** No more rows than these are fetched again. */
const MAX_ROWS = 1_000

/** At least `count` entries, if there are that many. */
async function fetchEntries(functionId: string | undefined, prefix: string, count: number) {
  const entries: KvEntry[] = []
  let next = ''
  do {
    const limit = Math.min(MAX_PAGE_SIZE, count - entries.length)
    const page = await listKeys(functionId, {
      prefix,
      limit,
      ...(next === '' ? {} : { after: next })
    })
    entries.push(...(page.entries ?? []))
    next = nextOf(page)
  } while (next !== '' && entries.length < count)
  return { entries, next }
}

export const createKvLoading = () =>
  part<KvState>()({
    /** As many rows as there are, so that what somebody looks at stays. */
    load(wanted?: number): Promise<void> {
      const count = Math.min(Math.max(wanted ?? this.entries.length, PAGE_SIZE), MAX_ROWS)
      return loadInto(
        this,
        () => fetchEntries(this.functionId, this.prefix, count),
        ({ entries, next }) => {
          this.entries = entries
          this.next = next
        }
      )
    },

    find(): Promise<void> {
      keepInAddress({ prefix: this.prefix })
      return this.load(PAGE_SIZE)
    },

    more() {
      const page = { prefix: this.prefix, after: this.next, limit: PAGE_SIZE }
      return loadMore(
        this,
        () => listKeys(this.functionId, page),
        page => {
          this.entries = [...this.entries, ...(page.entries ?? [])]
          this.next = nextOf(page)
          keepInAddress({ prefix: this.prefix, rows: String(this.entries.length) })
        }
      )
    }
  })

export type KvLoading = ReturnType<typeof createKvLoading>
