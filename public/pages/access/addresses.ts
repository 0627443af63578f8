/** At which addresses a function is called: its slug and its routes. */
import { component, part } from '../../alpine.js'
import { serverWords } from '../../api/server-words.js'
import type { FunctionRoute, LuaFunction } from '../../api/types.js'
import { t, tn } from '../../i18n/locale.js'
import { current } from '../function.js'
import type { Value } from '../function/merge.js'
import { createFormCard, createFormCardState, withoutField } from './form-card.js'
import {
  findRouteProblem,
  findRouteRow,
  MAX_ROUTES,
  toRouteRow,
  toRoutes,
  type RouteRow
} from './route-rows.js'

const createState = () => ({
  ...createFormCardState(),
  slug: current.fn.slug ?? '',
  rows: (current.fn.routes ?? []).map(toRouteRow)
})
type State = ReturnType<typeof createState>

const readRoutes = (text: Value): FunctionRoute[] => JSON.parse(String(text)) as FunctionRoute[]

const read = ({ slug = '', routes = [] }: LuaFunction) => ({
  slug,
  routes: JSON.stringify(toRoutes(routes.map(toRouteRow)))
})

const describeRoute = ({ pattern, methods = [], host }: FunctionRoute): string =>
  [methods.join(', '), pattern, host].filter(Boolean).join(' ')

function describe(name: string, value: Value): string {
  const text = name === 'slug' ? String(value) : readRoutes(value).map(describeRoute).join('\n')
  return text === '' ? t('changes.empty') : text
}

/** The errors of a route are those of its row. */
const errorName = (row: RouteRow): string => `route ${row.key}`

function findField(said: string, rows: readonly RouteRow[]): string {
  if (said.startsWith('slug: ')) return 'slug'
  const row = said.startsWith('routes: ') ? findRouteRow(said, rows) : undefined
  return row === undefined ? '' : errorName(row)
}

const createForm = () =>
  createFormCard<State>(state => ({
    title: 'address.title',
    read,
    mine: () => ({ slug: state.slug.trim(), routes: JSON.stringify(toRoutes(state.rows)) }),
    show: fields => {
      state.slug = String(fields['slug'])
      state.rows = readRoutes(fields['routes']).map(toRouteRow)
    },
    toChange: ({ slug, routes }) => ({
      ...(slug === undefined ? {} : { slug }),
      ...(routes === undefined ? {} : { routes: readRoutes(routes) })
    }),
    label: name => (name === 'slug' ? t('address.slug') : t('address.routes')),
    describe,
    findField: said => findField(said, state.rows)
  }))

const createRows = () =>
  part<State>()({
    rowError: errorName,
    /** Empty for a route that is served. */
    rowProblem(row: RouteRow): string {
      const problem = findRouteProblem(row, current.fn.route_problems ?? [])
      if (problem === undefined) return ''
      return t('address.notServed', { problem: withoutField(serverWords(`routes: ${problem}`)) })
    },
    hasRoom() {
      return this.rows.length < MAX_ROUTES
    },
    addRoute() {
      const row = toRouteRow({ pattern: '' })
      this.rows.push(row)
      this.focusRoute(row)
    },
    /** The focus goes to what took the place of the row, or to the button that adds one. */
    removeRoute(index: number) {
      const addButton = this.$refs['add']
      this.rows.splice(index, 1)
      const next = this.rows[Math.min(index, this.rows.length - 1)]
      if (next) this.focusRoute(next)
      else this.$nextTick(() => addButton?.focus())
    },
    focusRoute({ key }: RouteRow) {
      const root = this.$root
      this.$nextTick(() => root.querySelector<HTMLElement>(`[data-key="${key}"] input`)?.focus())
    }
  })

const createSummary = () =>
  part<State>()({
    origin: () => current.origin,
    slugAddress() {
      return `${current.origin}/fn/${this.slug.trim()}`
    },
    summary() {
      const { slug, routes = [], route_problems: problems = [] } = current.fn
      const parts = [
        slug === undefined ? '' : `/fn/${slug}`,
        routes.length === 0 ? '' : tn('address.count', routes.length),
        problems.length === 0 ? '' : tn('address.unserved', problems.length)
      ].filter(Boolean)
      return parts.length === 0 ? t('address.none') : parts.join(' · ')
    }
  })

component('addresses', () => ({
  ...createState(),
  ...createForm(),
  ...createRows(),
  ...createSummary()
}))
