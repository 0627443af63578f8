/** A new function, beginning with one of the templates. */
import { component } from '../alpine.js'
import { createFunction } from '../api/functions.js'
import type { TextKey } from '../i18n/locale.js'
import { t } from '../i18n/locale.js'
import { busily } from '../shell/loading.js'
import { go, keepInAddress, readAddress } from '../shell/router.js'
import { functionPath } from '../shell/routes.js'
import { inWords, succeed } from '../shell/toasts.js'
import { templates } from './templates.js'

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
const nameOf = (id: string): string => t(`templates.${id}` as TextKey)

/** The template that the address names, or the first. */
const firstChosen = (): string => (templates.find(({ id }) => id === readAddress('template').template) ?? templates[0]).id

component('newFunction', () => ({
  templates,
  chosen: firstChosen(),
  name: nameOf(firstChosen()),
  /** Once the reader has typed a name, choosing templates leaves it alone. */
  named: false,
  description: '',
  error: '',
  busy: false,

  code () { return templates.find(template => template.id === this.chosen)?.code ?? '' },

  choose (index: number) {
    const template = templates[index]
    if (!template) return
    this.chosen = template.id
    if (!this.named) this.name = nameOf(template.id)
    keepInAddress({ template: index === 0 ? '' : template.id })
  },

  onKey (event: KeyboardEvent) {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const index = templates.findIndex(template => template.id === this.chosen)
    this.choose((index + step + templates.length) % templates.length)
    this.$nextTick(() => this.$refs['templates']?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus())
  },

  submit () {
    this.error = ''
    return busily(this, async () => {
      const description = this.description.trim()
      const made = await createFunction({ name: this.name, code: this.code(), ...(description === '' ? {} : { description }) })
      succeed(t('create.done', { name: made.name }))
      await go(functionPath(made.id))
    }, error => {
      this.error = inWords(error).text
      this.$refs['name']?.focus()
    })
  }
}))
