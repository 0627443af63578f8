/** The executions of a function, newest first, with new ones appearing as they happen. */
import { component } from '../../../alpine.js'
import { listenLive } from '../../../api/events.js'
import { listExecutions } from '../../../api/executions.js'
import type { Execution } from '../../../api/types.js'
import { t, tn } from '../../../i18n/locale.js'
import { extend, loading, track } from '../../../shell/loading.js'
import { go, keepInAddress, readAddress, route } from '../../../shell/router.js'
import { functionPath } from '../../../shell/routes.js'
import { current } from '../../function.js'
import type { Range } from './filters.js'
import { belongs, isRange, ranges, toQuery } from './filters.js'
import { placeOf, rememberList, rememberPlace } from './list-place.js'
import { dotOf, outcomeText, requestText, triggerName } from '../execution-labels.js'

const pageSize = 50
/** The most that the server gives at once. */
const largestPage = 100
/** No more is fetched anew. */
const mostRows = 1_000
const names = ['text', 'status', 'trigger', 'version', 'range', 'from', 'to'] as const

/** What the address says the list is narrowed by. */
function readFilters() {
  const { range, from, to, ...filters } = readAddress(...names)
  return { filters, range: (isRange(range) ? range : 'all') as Range, from, to }
}

component('executions', () => {
  const functionId = current.fn.id
  let stop = (): void => {}
  let connected = false
  /** What arrives while the list is fetched: the list may be older. */
  let arrived: Execution[] | undefined
  /** Rows that a fetch under way has been asked for; 0 when there is none. */
  let rowsWanted = 0
  /** How far down the reader was, until the rows are there again. */
  let scrollWanted = 0
  return {
    ...loading(),
    busy: false,
    live: false,
    paused: false,
    /** How many arrived while paused. */
    waiting: 0,
    ...readFilters(),
    ranges,
    rows: [] as Array<Execution & { fresh?: boolean }>,
    total: 0,
    /** The search ended before the oldest execution. */
    partial: false,
    dot: dotOf,
    outcome: outcomeText,
    request: requestText,
    trigger: triggerName,

    init() {
      const place = placeOf(functionId, route.query)
      scrollWanted = place.scroll
      this.load(place.count)
      stop = listenLive(functionId, {
        onExecution: execution => this.arrive(execution),
        onSkipped: () => {
          if (!this.paused) this.load()
        },
        onState: state => {
          this.onState(state)
        }
      })
      rememberList(functionId, route.query)
      this.$watch('$store.route.query', () => {
        this.followAddress()
      })
    },

    /** A link or a step of the history may lead to the list with other filters. */
    followAddress() {
      if (route.id !== functionId || route.tab !== 'executions' || route.detail !== '') return
      rememberList(functionId, route.query)
      const { filters, range, from, to } = this
      const wanted = readFilters()
      if (JSON.stringify(wanted) === JSON.stringify({ filters, range, from, to })) return
      Object.assign(this, wanted)
      this.load(pageSize)
    },

    destroy() {
      stop()
      rememberPlace({ count: this.rows.length })
    },

    /** A page that is being left shrinks, which scrolls too. */
    onScroll() {
      const isShown = route.id === functionId && route.tab === 'executions' && route.detail === ''
      if (isShown && this.status === 'ready' && scrollWanted === 0) {
        rememberPlace({ scroll: scrollY })
      }
    },

    /** What is chosen goes into the address, then the list follows it. */
    find(): Promise<void> {
      const custom = this.range === 'custom'
      keepInAddress({
        ...this.filters,
        range: this.range === 'all' ? '' : this.range,
        from: custom ? this.from : '',
        to: custom ? this.to : ''
      })
      return this.load(pageSize)
    },

    query() {
      return toQuery(this.filters, this.range, this.from, this.to)
    },
    filtered() {
      return this.range !== 'all' || Object.values(this.filters).some(value => value !== '')
    },

    /** As many as there were, so that what somebody looks at stays. */
    load(wanted?: number): Promise<void> {
      const count = wanted ?? Math.max(this.rows.length, rowsWanted)
      rowsWanted = count
      const late: Execution[] = (arrived = [])
      return track(
        this,
        () => this.fetch(Math.min(Math.max(count, pageSize), mostRows)),
        ({ rows, pagination, partial = false }) => {
          this.rows = rows
          this.total = pagination.total
          this.partial = partial
          this.waiting = 0
          arrived = undefined
          rowsWanted = 0
          for (const execution of late) this.arrive(execution)
          this.$nextTick(() => {
            this.restoreScroll()
          })
        }
      )
    },

    /** The rows may take some frames until they are laid out. */
    restoreScroll(frames = 60) {
      if (scrollWanted === 0) return
      scrollTo(0, scrollWanted)
      if (frames === 0 || scrollY >= scrollWanted - 1) scrollWanted = 0
      else {
        requestAnimationFrame(() => {
          this.restoreScroll(frames - 1)
        })
      }
    },

    /** The newest ones. */
    async fetch(count: number) {
      const query = this.query()
      const offsets = Array.from(
        { length: Math.ceil(count / largestPage) },
        (_, page) => page * largestPage
      )
      const pages = await Promise.all(
        offsets.map(offset =>
          listExecutions(functionId, {
            ...query,
            limit: Math.min(largestPage, count - offset),
            offset
          })
        )
      )
      // One that came while the pages were read is on two of them.
      const rows = new Map(
        pages.flatMap(({ executions }) => executions ?? []).map(row => [row.id, row])
      )
      const { pagination = { total: 0 }, partial } = pages[0] ?? {}
      return { rows: [...rows.values()], pagination, partial }
    },

    /** The list is live once it also has what happened before the connection. */
    async onState(state: boolean) {
      connected = state
      if (connected && !this.paused) await this.load()
      this.live = connected
    },

    more() {
      return extend(
        this,
        () =>
          listExecutions(functionId, {
            ...this.query(),
            limit: pageSize,
            offset: this.rows.length
          }),
        ({ executions, pagination, partial = false }) => {
          const known = new Set(this.rows.map(row => row.id))
          this.rows = [...this.rows, ...(executions ?? []).filter(({ id }) => !known.has(id))]
          this.total = pagination.total
          this.partial = partial
        }
      )
    },

    arrive(execution: Execution) {
      arrived?.push(execution)
      const index = this.rows.findIndex(row => row.id === execution.id)
      if (index >= 0) {
        this.rows[index] = { ...execution, fresh: true }
        return
      }
      if (!belongs(execution, this.query(), this.range)) return
      if (this.paused) {
        this.waiting++
        return
      }
      this.rows = [{ ...execution, fresh: true }, ...this.rows]
      this.total++
    },

    togglePause() {
      this.paused = !this.paused
      if (!this.paused) this.load()
    },

    liveText() {
      if (this.paused) {
        return this.waiting > 0 ? tn('executions.waiting', this.waiting) : t('executions.paused')
      }
      return this.live ? t('executions.live') : t('executions.connecting')
    },

    totalText() {
      return tn(this.partial ? 'executions.found' : 'executions.total', this.total)
    },

    emptyText() {
      if (this.partial) return t('executions.nothingYet')
      return t(this.filtered() ? 'executions.nothingFound' : 'executions.empty')
    },

    headline: (row: Execution) => row.error?.message ?? row.error_message?.split('\n')[0] ?? '',

    open(event: MouseEvent, row: Execution) {
      if (event.target instanceof Element && event.target.closest('a')) return
      go(functionPath(functionId, 'executions', row.id))
    }
  }
})
