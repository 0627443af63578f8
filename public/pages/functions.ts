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

const createState = () => ({
  ...loading(),
  busy: false,
  search: readAddress('search').search,
  rows: [] as LuaFunction[],
  total: 0
})
type State = ReturnType<typeof createState>

function createLoading() {
  let searching: AbortController | undefined
  return part<State>()({
    query(offset: number) {
      return { limit: PAGE_SIZE, offset, search: this.search.trim() }
    },

    load(): Promise<void> {
      searching?.abort()
      const { signal } = (searching = new AbortController())
      return loadInto(
        this,
        () => listFunctions(this.query(0), signal),
        ({ functions, pagination }) => {
          this.rows = functions ?? []
          this.total = pagination.total
        }
      )
    },

    more() {
      return loadMore(
        this,
        () => listFunctions(this.query(this.rows.length)),
        ({ functions, pagination }) => {
          this.rows = [...this.rows, ...(functions ?? [])]
          this.total = pagination.total
        }
      )
    },

    find(): Promise<void> {
      keepInAddress({ search: this.search.trim() })
      return this.load()
    },

    /** A link or a step of the history may lead to the list with another search. */
    followAddress() {
      const { search } = readAddress('search')
      if (route.page !== 'functions' || search === this.search.trim()) return
      this.search = search
      this.load()
    }
  })
}

async function createFirstFunction(): Promise<void> {
  const [template] = templates
  const created = await createFromTemplate(template, { name: t('functions.firstName') }, fail)
  succeed(t('create.done', { name: created.name }))
  await navigate(functionPath(created.id, 'test'))
}

component('functions', () => ({
  ...createState(),
  ...createLoading(),
  dot: dotOf,
  outcome: outcomeText,

  init() {
    this.load()
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
