/** What all forms about a function's front door do: follow the function, save, and say at which field that failed. */
import { part } from '../../alpine.js'
import { Failure } from '../../api/failure.js'
import { updateFunction } from '../../api/functions.js'
import type { LuaFunction } from '../../api/types.js'
import type { TextKey } from '../../i18n/locale.js'
import { describeError } from '../../shell/toasts.js'
import { current } from '../function.js'
import { createFormEdit, saveForm, type FormEdit } from '../function/form-edit.js'
import type { Fields, Value } from '../function/merge.js'
import { addForm } from '../settings/unsaved.js'

export interface FormCardOptions {
  readonly title: TextKey
  readonly read: (fn: LuaFunction) => Fields
  readonly mine: () => Fields
  readonly show: (fields: Fields) => void
  /** What is sent of the fields that changed. */
  readonly toChange: (changed: Fields) => object
  readonly label: (name: string) => string
  /** A field's value in words, where it is no text that one types. */
  readonly describe?: (name: string, value: Value) => string
  /** The field that the server's words are about; '' for the form. */
  readonly findField: (said: string) => string
  /** What would be refused, by field; the form is not sent with it. */
  readonly findProblems?: () => Record<string, string>
  readonly onSaved?: () => unknown
}

export const createFormCardState = () => ({
  busy: false,
  /** By field; '' for the whole form. */
  errors: {} as Record<string, string>
})
export type FormCardState = ReturnType<typeof createFormCardState>

export const createFormCard = <State>(describe: (state: State) => FormCardOptions) => {
  let edit: FormEdit
  let options: FormCardOptions
  let forget = (): void => {}
  return part<State & FormCardState>()({
    init() {
      options = describe(this)
      forget = addForm({
        title: options.title,
        changed: () => this.changed(),
        save: () => this.save()
      })
      edit = createFormEdit({
        ...options,
        send: (_wanted, changed, tag) =>
          updateFunction(current.fn.id, options.toChange(changed), tag)
      })
      this.$watch('$store.current.fn', () => {
        edit.follow()
      })
    },
    destroy() {
      forget()
    },

    changed() {
      return edit.changed()
    },

    async save(): Promise<boolean> {
      this.errors = options.findProblems?.() ?? {}
      if (Object.keys(this.errors).length > 0) {
        this.focusError()
        return false
      }
      const isSaved = await saveForm(this, edit, error => {
        const field = error instanceof Failure ? options.findField(error.said) : ''
        this.errors = { [field]: withoutField(describeError(error).text) }
        this.focusError()
      })
      if (isSaved) options.onSaved?.()
      return isSaved
    },

    errorOf(field: string): string {
      return this.errors[field] ?? ''
    },
    invalid(field: string): 'true' | 'false' {
      return this.errorOf(field) === '' ? 'false' : 'true'
    },
    focusError() {
      const root = this.$root
      if (root instanceof HTMLDetailsElement) root.open = true
      this.$nextTick(() => root.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    }
  })
}

/** The server's words begin with the field, beside which they are shown. */
export const withoutField = (text: string): string => text.replace(/^[a-z_]+: /, '')

/** The field that is named first in the words of a refusal, `access: secret must be …`, if it is one of these. */
export const firstNamed = (said: string, fields: readonly string[]): string => {
  const [, name = ''] = /^\w+: "?(\w+)/.exec(said) ?? []
  return fields.includes(name) ? name : ''
}
