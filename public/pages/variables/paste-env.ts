/** The dialog that takes a whole .env: what it would set is shown before anything is taken. */
import { component } from '../../alpine.js'
import type * as Dotenv from '../../format/dotenv.js'
import type { PastedVariable } from '../../format/dotenv.js'
import { t } from '../../i18n/locale.js'
import { loadOnce } from '../../load-once.js'
import { asset } from '../../shell/asset.js'
import { openFormDialog } from '../../shell/form-dialog.js'
import { fail } from '../../shell/toasts.js'
import { placeOf } from './places.js'

export interface Chosen {
  name: string
  value: string
}
type Reader = Pick<typeof Dotenv, 'readDotenv'>

const loadDotenv = loadOnce(() => import(asset('dotenv')) as Promise<Reader>)

component('pasteEnv', () => ({
  text: '',
  variables: [] as PastedVariable[],
  leftOver: [] as string[],

  open() {
    Object.assign(this, { text: '', variables: [], leftOver: [] })
    openFormDialog(this.dialog())
    loadDotenv().catch(fail)
  },

  async read() {
    try {
      const { readDotenv } = await loadDotenv()
      Object.assign(this, readDotenv(this.text))
    } catch (error) {
      fail(error)
    }
  },

  /** What would become of the variable. */
  fate({ name, value, problem }: PastedVariable) {
    if (problem === 'name') return t('variables.fateName')
    if (problem === 'empty') return t('variables.fateEmpty')
    const before = placeOf(this.$root).subject.now().env_vars[name]
    if (before === undefined) return t('variables.fateNew')
    return before === value ? t('variables.fateSame') : t('variables.fateReplaced')
  },

  good(): PastedVariable[] {
    return this.variables.filter(({ problem }) => problem === '')
  },

  take() {
    const chosen: Chosen[] = this.good().map(({ name, value }) => ({ name, value }))
    if (chosen.length === 0) return
    this.$dispatch('moonlet-env', chosen)
    this.close()
  },

  close() {
    this.dialog()?.close()
  },
  dialog() {
    return this.$refs['dialog'] as HTMLDialogElement | undefined
  }
}))
