/** All functions, with search, and a first one made in one click. */
import { component } from '../alpine.js'
import { listFunctions } from '../api/functions.js'
import type { LuaFunction } from '../api/types.js'
import { t } from '../i18n/locale.js'
import { busily, extend, loading, track } from '../shell/loading.js'
import { go, keepInAddress, readAddress, route } from '../shell/router.js'
import { functionPath } from '../shell/routes.js'
import { fail, succeed } from '../shell/toasts.js'
import { dotOf, outcomeText } from './function/execution-labels.js'
import { createFromTemplate } from './create-from-template.js'
import { templates } from './templates.js'

const pageSize = 50

component('functions', () => {
  let asked: AbortController | undefined
  return {
    ...loading(),
    busy: false,
    search: readAddress('search').search,
    rows: [] as LuaFunction[],
    total: 0,

    init() {
      this.load()
      this.$watch('$store.route.query', () => {
        const { search } = readAddress('search')
        if (route.page !== 'functions' || search === this.search.trim()) return
        this.search = search
        this.load()
      })
    },

    find(): Promise<void> {
      keepInAddress({ search: this.search.trim() })
      return this.load()
    },

    load(): Promise<void> {
      asked?.abort()
      asked = new AbortController()
      const { signal } = asked
      return track(
        this,
        () => listFunctions({ limit: pageSize, offset: 0, search: this.search.trim() }, signal),
        ({ functions, pagination }) => {
          this.rows = functions ?? []
          this.total = pagination.total
        }
      )
    },

    more() {
      return extend(
        this,
        () =>
          listFunctions({ limit: pageSize, offset: this.rows.length, search: this.search.trim() }),
        ({ functions, pagination }) => {
          this.rows = [...this.rows, ...(functions ?? [])]
          this.total = pagination.total
        }
      )
    },

    createFirst() {
      return busily(
        this,
        async () => {
          const [template] = templates
          if (!template) return
          const made = await createFromTemplate(template, { name: t('functions.firstName') }, fail)
          succeed(t('create.done', { name: made.name }))
          await go(functionPath(made.id, 'test'))
        },
        fail
      )
    },

    /** The whole row is a target for the pointer; the name is the link for everyone else. */
    open(event: MouseEvent, fn: LuaFunction) {
      if (event.target instanceof Element && event.target.closest('a')) return
      go(functionPath(fn.id))
    },

    dot: dotOf,
    outcome: outcomeText
  }
})
