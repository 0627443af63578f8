/** A new function, beginning with one of the templates. */
import { component, part } from '../alpine.js'
import { neededVariables } from '../format/needed-variables.js'
import { format } from '../format/values.js'
import { t, type TextKey } from '../i18n/locale.js'
import { withBusy } from '../shell/loading.js'
import { keepInAddress, navigate, readAddress } from '../shell/router.js'
import { functionPath } from '../shell/routes.js'
import { describeError, fail, succeed } from '../shell/toasts.js'
import { guardTyped } from '../shell/typed.js'
import { createFromTemplate } from './create-from-template.js'
import { templates, type Template } from './templates.js'

const steps: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1
}
const nameOf = (id: string): string => t(`templates.${id}` as TextKey)

/** The template that the address names, or the first. */
const firstChosen = (): string =>
  (templates.find(({ id }) => id === readAddress('template').template) ?? templates[0]).id

const createState = () => ({
  templates,
  chosen: firstChosen(),
  name: nameOf(firstChosen()),
  /** Once the user has typed a name, choosing templates leaves it alone. */
  named: false,
  description: '',
  error: '',
  busy: false,
  /** What was typed is a function now. */
  made: false
})
type State = ReturnType<typeof createState>

const createChoice = () =>
  part<State>()({
    template(): Template {
      return templates.find(({ id }) => id === this.chosen) ?? templates[0]
    },

    code() {
      return this.template().code
    },

    /** What the function will have besides its code, and what will be left to do. */
    notes() {
      const { id, code, schedule, secret } = this.template()
      const missing = neededVariables(code).filter(name => name !== secret)
      const texts = [
        schedule === undefined ? '' : t('create.runsHourly', { schedule }),
        secret === undefined ? '' : t('create.getsSecret', { name: secret }),
        missing.length === 0 ? '' : t('create.needs', { names: format.list(missing) })
      ]
      return texts.filter(text => text !== '').map(text => ({ id, text }))
    },

    choose(index: number) {
      const template = templates[index]
      if (!template) return
      this.chosen = template.id
      if (!this.named) this.name = nameOf(template.id)
      keepInAddress({ template: index === 0 ? '' : template.id })
    },

    onKey(event: KeyboardEvent) {
      const step = steps[event.key]
      if (step === undefined) return
      event.preventDefault()
      const index = templates.findIndex(template => template.id === this.chosen)
      this.choose((index + step + templates.length) % templates.length)
      this.$nextTick(() =>
        this.$refs['templates']?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus()
      )
    }
  })
type Choice = ReturnType<typeof createChoice>

const createSubmission = () =>
  part<State & Choice>()({
    submit() {
      this.error = ''
      return withBusy(
        this,
        () => this.create(),
        error => {
          this.error = describeError(error).text
          this.$refs['name']?.focus()
        }
      )
    },

    async create() {
      const description = this.description.trim()
      const names = { name: this.name, ...(description === '' ? {} : { description }) }
      const created = await createFromTemplate(this.template(), names, fail)
      this.made = true
      succeed(t('create.done', { name: created.name }))
      await navigate(functionPath(created.id))
    }
  })

component('newFunction', () => {
  let stopGuarding = (): void => {}
  return {
    ...createState(),
    ...createChoice(),
    ...createSubmission(),

    init() {
      stopGuarding = guardTyped(() => !this.made && (this.named || this.description !== ''))
    },
    destroy() {
      stopGuarding()
    }
  }
})
