/** All functions, with search, and a first one made in one click. */
import { component, part } from '../alpine.js'
import { listFunctions } from '../api/functions.js'
import type { LuaFunction } from '../api/types.js'
import { t } from '../i18n/locale.js'
import { loadInto, loading, loadMore, withBusy } from '../shell/loading.js'
import { keepInAddress, navigate, readAddress, route } from '../shell/router.js'
import { functionPath } from '../shell/routes.js'
import { fail, succeed } from '../shell/toasts.js'
import { createFromTemplate } from './create-from-template.js'
import { dotOf, outcomeText } from './function/execution-labels.js'
import { templates } from './templates.js'

const PAGE_SIZE = 50
/** The most that the server returns at once. */
const MAX_PAGE_SIZE = 100
/** No more rows than these are fetched again. */
const MAX_ROWS = 1_000

const orders = ['', 'created_at', 'name', '-name', '-updated_at', 'updated_at'] as const
/** What the list is ordered by, descending behind a minus; '' is newest first. */
type Order = (typeof orders)[number]
const isOrder = (text: string): text is Order => (orders as readonly string[]).includes(text)

/** Search and order as the address says. */
function readView() {
  const { search, sort } = readAddress('search', 'sort')
  return { search, sort: isOrder(sort) ? sort : ('' as Order) }
}

interface Query {
  search: string
  sort?: string
  order?: string
}

/** At least `count` rows, if there are that many. */
async function fetchFunctions(query: Query, count: number, signal: AbortSignal) {
  const functions: LuaFunction[] = []
  for (;;) {
    const limit = Math.min(MAX_PAGE_SIZE, count - functions.length)
    const page = await listFunctions({ ...query, limit, offset: functions.length }, signal)
    functions.push(...(page.functions ?? []))
    const { total } = page.pagination
    if (functions.length >= Math.min(count, total) || !page.functions?.length) {
      return { functions, total }
    }
  }
}

const createState = () => ({
  ...loading(),
  busy: false,
  ...readView(),
  orders,
  rows: [] as LuaFunction[],
  total: 0
})
type State = ReturnType<typeof createState>

function createLoading() {
  let searching: AbortController | undefined
  return part<State>()({
    query(): Query {
      const search = this.search.trim()
      if (this.sort === '') return { search }
      const isDescending = this.sort.startsWith('-')
      return {
        search,
        sort: this.sort.replace('-', ''),
        order: isDescending ? 'desc' : 'asc'
      }
    },

    /** By default as many rows as there are, so that what somebody looks at stays. */
    load(wanted?: number): Promise<void> {
      searching?.abort()
      const { signal } = (searching = new AbortController())
      const count = Math.min(Math.max(wanted ?? this.rows.length, PAGE_SIZE), MAX_ROWS)
      return loadInto(
        this,
        () => fetchFunctions(this.query(), count, signal),
        ({ functions, total }) => {
          this.rows = functions
          this.total = total
        }
      )
    },

    more() {
      const page = { limit: PAGE_SIZE, offset: this.rows.length }
      return loadMore(
        this,
        () => listFunctions({ ...this.query(), ...page }),
        ({ functions, pagination }) => {
          this.rows = [...this.rows, ...(functions ?? [])]
          this.total = pagination.total
          this.keepViewInAddress(this.rows.length)
        }
      )
    },

    keepViewInAddress(count: number) {
      const rows = count > PAGE_SIZE ? String(count) : ''
      keepInAddress({ search: this.search.trim(), sort: this.sort, rows })
    },

    find(): Promise<void> {
      this.keepViewInAddress(PAGE_SIZE)
      return this.load(PAGE_SIZE)
    },

    /** A link or a step of the history may lead to the list with another search or order. */
    followAddress() {
      const { search, sort } = readView()
      if (route.page !== 'functions') return
      if (search === this.search.trim() && sort === this.sort) return
      Object.assign(this, { search, sort })
      this.load(PAGE_SIZE)
    }
  })
}
type Loaded = ReturnType<typeof createLoading>

const createSorting = () =>
  part<State & Loaded>()({
    /** The head of a column: the first click sorts by it, the next one turns the order round. */
    sortBy(column: 'name' | 'updated_at') {
      const first = column === 'name' ? 'name' : '-updated_at'
      const second = column === 'name' ? '-name' : 'updated_at'
      this.sort = this.sort === first ? second : first
      return this.find()
    },

    ariaSort(column: string) {
      if (this.sort.replace('-', '') !== column) return false
      return this.sort.startsWith('-') ? 'descending' : 'ascending'
    }
  })

async function createFirstFunction(): Promise<void> {
  const [template] = templates
  const created = await createFromTemplate(template, { name: t('functions.firstName') }, fail)
  succeed(t('create.done', { name: created.name }))
  await navigate(functionPath(created.id, 'test'))
}

component('functions', () => ({
  ...createState(),
  ...createLoading(),
  ...createSorting(),
  dot: dotOf,
  outcome: outcomeText,

  init() {
    this.load(Number(readAddress('rows').rows) || 0)
    this.$watch('$store.route.query', () => {
      this.followAddress()
    })
  },

  createFirst() {
    return withBusy(this, createFirstFunction, fail)
  },

  /** The whole row is a target for the pointer; the name is the link for everyone else. */
  open(event: MouseEvent, fn: LuaFunction) {
    if (event.target instanceof Element && event.target.closest('a')) return
    navigate(functionPath(fn.id))
  }
}))
