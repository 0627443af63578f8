/** The executions of a function, newest first, with new ones appearing as they happen. */
import { component } from '../../../alpine.js'
import type { Execution } from '../../../api/types.js'
import { navigate, readAddress, route } from '../../../shell/router.js'
import { functionPath } from '../../../shell/routes.js'
import { createListLabels } from './labels.js'
import { placeOf, rememberList, rememberPlace } from './list-place.js'
import { createLiveUpdates } from './live.js'
import { createExecutionsLoading, PAGE_SIZE } from './loading.js'
import { createExecutionsSession, createExecutionsState, readFilters } from './state.js'

/** A page takes some frames to be laid out. */
const MAX_LAYOUT_FRAMES = 60

component('executions', () => {
  const session = createExecutionsSession()
  const { functionId } = session
  const isShown = () => route.id === functionId && route.tab === 'executions' && route.detail === ''
  let stopListening = (): void => {}
  return {
    ...createExecutionsState(),
    ...createListLabels(),
    ...createExecutionsLoading(session),
    ...createLiveUpdates(session),

    init() {
      const place = placeOf(functionId, route.query)
      session.scrollWanted = place.scroll
      this.load(Math.max(place.count, Number(readAddress('rows').rows) || 0))
      stopListening = this.listen()
      rememberList(functionId, route.query)
      this.$watch('$store.route.query', () => {
        this.followAddress()
      })
    },

    destroy() {
      stopListening()
      rememberPlace({ count: this.rows.length })
    },

    /** A link or a step of the history may lead to the list with other filters. */
    followAddress() {
      if (!isShown()) return
      rememberList(functionId, route.query)
      const { filters, range, from, to } = this
      const wanted = readFilters()
      if (JSON.stringify(wanted) === JSON.stringify({ filters, range, from, to })) return
      Object.assign(this, wanted)
      this.load(PAGE_SIZE)
    },

    /** A page that is being left shrinks, which scrolls too. */
    onScroll() {
      if (!isShown() || this.status !== 'ready' || session.scrollWanted > 0) return
      rememberPlace({ scroll: scrollY })
    },

    restoreScroll(frames = MAX_LAYOUT_FRAMES) {
      if (session.scrollWanted === 0) return
      scrollTo(0, session.scrollWanted)
      if (frames === 0 || scrollY >= session.scrollWanted - 1) {
        session.scrollWanted = 0
        return
      }
      requestAnimationFrame(() => {
        this.restoreScroll(frames - 1)
      })
    },

    open(event: MouseEvent, row: Execution) {
      if (event.target instanceof Element && event.target.closest('a')) return
      navigate(functionPath(functionId, 'executions', row.id))
    }
  }
})
