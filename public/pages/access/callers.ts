/** Who may call a function, with a command that does so. */
import { component, part } from '../../alpine.js'
import type { Access } from '../../api/types.js'
import { t, type TextKey } from '../../i18n/locale.js'
import { copy } from '../../shell/clipboard.js'
import { guardTyped } from '../../shell/typed.js'
import { current, publicAddress } from '../function.js'
import type { Value } from '../function/merge.js'
import { presets, toAccess, toAccessForm } from './access-form.js'
import { createCallersState, type CallersState } from './callers-state.js'
import { secretVariable, toCommand } from './commands.js'
import { createFormCard, firstNamed } from './form-card.js'
import { createKeyActions } from './keys.js'

const readAccess = (text: Value): Access | undefined => {
  const access = JSON.parse(String(text)) as Access
  return 'mode' in access ? access : undefined
}

const access = (fn: { access?: Access }): string =>
  JSON.stringify(toAccess(toAccessForm(fn.access)))

const createForm = () =>
  createFormCard<CallersState>(state => ({
    title: 'access.callers',
    read: fn => ({ access: access(fn) }),
    mine: () => ({ access: JSON.stringify(toAccess(state.form)) }),
    show: fields => {
      state.form = { ...state.form, ...toAccessForm(readAccess(fields['access'])) }
    },
    toChange: () => ({ access: toAccess(state.form) }),
    label: () => t('access.callers'),
    describe: (_name, value) => describeAccess(value),
    findField: said => firstNamed(said, ['secret', 'header', 'prefix'])
  }))

function describeAccess(value: Value): string {
  const { mode, preset, secret, header } = toAccessForm(readAccess(value))
  const name = t(`access.mode_${mode}` as TextKey)
  if (mode !== 'signature') return name
  const sender = presets.find(({ id }) => id === preset)?.name ?? header
  return [name, sender, secret].filter(Boolean).join(' · ')
}

const visibleVariables = (): Set<string> =>
  new Set([...Object.keys(current.fn.env_vars), ...(current.fn.shared ?? [])])

const createCommand = () =>
  part<CallersState>()({
    /** Names of the variables that the function sees, to choose from. */
    variables: () => [...visibleVariables()].sort(),
    isUnset() {
      const { mode, secret } = this.form
      const name = secret.trim()
      return mode === 'signature' && name !== '' && !visibleVariables().has(name)
    },
    command() {
      return toCommand(publicAddress(), this.form, this.made)
    },
    commandHint() {
      if (this.form.mode === 'signature') {
        return t('access.commandSecret', { name: secretVariable(this.form.secret.trim()) })
      }
      return this.form.mode === 'key' && this.made === '' ? t('access.commandKey') : ''
    }
  })

component('callers', () => {
  const form = createForm()
  let stopGuarding = (): void => {}
  return {
    ...createCallersState(),
    ...form,
    ...createCommand(),
    ...createKeyActions(),
    copy,

    init() {
      form.init.call(this)
      stopGuarding = guardTyped(() => this.newKey.name.trim() !== '')
      this.load()
    },
    destroy() {
      form.destroy.call(this)
      stopGuarding()
    }
  }
})
