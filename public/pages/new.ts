/** A new function, beginning with one of the templates. */
import { component } from '../alpine.js'
import type { TextKey } from '../i18n/locale.js'
import { t } from '../i18n/locale.js'
import { busily } from '../shell/loading.js'
import { go, keepInAddress, readAddress } from '../shell/router.js'
import { functionPath } from '../shell/routes.js'
import { fail, inWords, succeed } from '../shell/toasts.js'
import { missingVariables } from '../format/needed-variables.js'
import { format } from '../format/values.js'
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

component('newFunction', () => ({
  templates,
  chosen: firstChosen(),
  name: nameOf(firstChosen()),
  /** Once the reader has typed a name, choosing templates leaves it alone. */
  named: false,
  description: '',
  error: '',
  busy: false,

  template(): Template {
    return templates.find(({ id }) => id === this.chosen) ?? templates[0]
  },
  code() {
    return this.template().code
  },

  /** What the function will have besides its code, and what will be left to do. */
  notes() {
    const { id, code, schedule, secret } = this.template()
    const left = missingVariables(code, secret === undefined ? {} : { [secret]: '' })
    return [
      ...(schedule === undefined ? [] : [{ id, text: t('create.runsHourly', { schedule }) }]),
      ...(secret === undefined ? [] : [{ id, text: t('create.getsSecret', { name: secret }) }]),
      ...(left.length === 0 ? [] : [{ id, text: t('create.needs', { names: format.list(left) }) }])
    ]
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
  },

  submit() {
    this.error = ''
    return busily(
      this,
      async () => {
        const description = this.description.trim()
        const made = await createFromTemplate(
          this.template(),
          { name: this.name, ...(description === '' ? {} : { description }) },
          fail
        )
        succeed(t('create.done', { name: made.name }))
        await go(functionPath(made.id))
      },
      error => {
        this.error = inWords(error).text
        this.$refs['name']?.focus()
      }
    )
  }
}))
