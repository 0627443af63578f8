/** Ctrl-K: functions, pages and actions, found by typing. */
import { component } from '../alpine.js'
import { listFunctions } from '../api/functions.js'
import type { LuaFunction } from '../api/types.js'
import { t } from '../i18n/locale.js'
import type { Command } from './commands.js'
import { commands, fits, rank } from './commands.js'
import { go, route } from './router.js'
import { functionPath } from './routes.js'

const mostFunctions = 8
const toCommand = ({ id, name }: LuaFunction): Command => ({
  key: id,
  icon: 'functions',
  label: name,
  hint: t('palette.function'),
  run: () => go(functionPath(id))
})

component('palette', () => {
  let asked: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    text: '',
    active: 0,
    /** True once the reader has moved among the results: then what is chosen stays so. */
    moved: false,
    results: [] as Command[],

    open() {
      if (route.page === 'login' || this.dialog().open) return
      this.text = ''
      this.dialog().showModal()
      this.$refs['input']?.focus()
      this.find()
    },

    onClose() {
      if (this.dialog().open) return
      clearTimeout(timer)
      asked?.abort()
    },

    /** Pages and actions at once; functions as soon as the server answers, to what is typed by then. */
    find() {
      asked?.abort()
      this.results = rank(
        commands().filter(command => fits(command, this.text)),
        this.text
      )
      this.active = 0
      this.moved = false
      clearTimeout(timer)
      timer = setTimeout(() => {
        this.findFunctions()
      }, 120)
    },

    async findFunctions() {
      asked?.abort()
      asked = new AbortController()
      try {
        const { functions } = await listFunctions(
          { limit: mostFunctions, offset: 0, search: this.text.trim() },
          asked.signal
        )
        const chosen = this.results[this.active]?.key
        this.results = rank(
          [
            ...(functions ?? []).map(toCommand),
            ...commands().filter(command => fits(command, this.text))
          ],
          this.text
        )
        this.active = this.moved
          ? Math.max(
              0,
              this.results.findIndex(({ key }) => key === chosen)
            )
          : 0
      } catch {
        // What needs no server can still be chosen.
      }
    },

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
  }
})
