/** Ctrl-K: functions, pages and actions, found by typing. */
import { component, part } from '../alpine.js'
import { listFunctions } from '../api/functions.js'
import type { LuaFunction } from '../api/types.js'
import { t } from '../i18n/locale.js'
import type { Command } from './commands.js'
import { commands, fits, rank } from './commands.js'
import { navigate, route } from './router.js'
import { functionPath } from './routes.js'

const MAX_FUNCTIONS = 8
const toCommand = ({ id, name }: LuaFunction): Command => ({
  key: id,
  icon: 'functions',
  label: name,
  hint: t('palette.function'),
  run: () => navigate(functionPath(id))
})

/** A search begins after a pause of this length. */
const SEARCH_DELAY_MS = 120

const createState = () => ({
  text: '',
  active: 0,
  /** The user has moved among the results: then what is chosen stays chosen. */
  moved: false,
  results: [] as Command[]
})
type State = ReturnType<typeof createState>

function createSearch() {
  let searching: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  return part<State>()({
    /** Pages and actions at once; functions as soon as the server has found them. */
    find() {
      this.stopSearch()
      this.results = this.rankWith([])
      this.active = 0
      this.moved = false
      timer = setTimeout(() => {
        this.findFunctions()
      }, SEARCH_DELAY_MS)
    },

    stopSearch() {
      clearTimeout(timer)
      searching?.abort()
    },

    async findFunctions() {
      searching?.abort()
      searching = new AbortController()
      const query = { limit: MAX_FUNCTIONS, offset: 0, search: this.text.trim() }
      try {
        const { functions } = await listFunctions(query, searching.signal)
        const chosen = this.results[this.active]?.key
        this.results = this.rankWith((functions ?? []).map(toCommand))
        const index = this.results.findIndex(({ key }) => key === chosen)
        this.active = this.moved ? Math.max(0, index) : 0
      } catch {
        // What needs no server can still be chosen.
      }
    },

    rankWith(functions: readonly Command[]) {
      const others = commands().filter(command => fits(command, this.text))
      return rank([...functions, ...others], this.text)
    }
  })
}
type Search = ReturnType<typeof createSearch>

const createChoice = () =>
  part<State & Search>()({
    onKey(event: KeyboardEvent) {
      const count = this.results.length
      const move = ({ ArrowDown: 1, ArrowUp: count - 1 } as Record<string, number>)[event.key]
      if (event.key === 'Enter') {
        event.preventDefault()
        this.choose(this.active)
      } else if (move !== undefined && count > 0) {
        event.preventDefault()
        this.active = (this.active + move) % count
        this.moved = true
        this.$nextTick(() =>
          document.getElementById(`palette-${this.active}`)?.scrollIntoView({ block: 'nearest' })
        )
      }
    },

    choose(index: number) {
      const chosen = this.results[index]
      this.dialog().close()
      chosen?.run()
    },

    dialog(): HTMLDialogElement {
      return this.$root as HTMLDialogElement
    }
  })

component('palette', () => ({
  ...createState(),
  ...createSearch(),
  ...createChoice(),

  open() {
    if (route.page === 'login' || this.dialog().open) return
    this.text = ''
    this.dialog().showModal()
    this.$refs['input']?.focus()
    this.find()
  },

  onClose() {
    if (!this.dialog().open) this.stopSearch()
  }
}))
