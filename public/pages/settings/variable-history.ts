/** What the variables of a function were before, to look at and to bring back. */
import { component } from '../../alpine.js'
import { forgetEnvHistory, getFormerEnv, listEnvHistory, restoreEnv } from '../../api/functions.js'
import type { EnvChange, EnvHistoryEntry } from '../../api/types.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { busily, extend, loading, track } from '../../shell/loading.js'
import { fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { insist } from '../function/insist.js'

const pageSize = 20
interface Row extends EnvHistoryEntry {
  values: Array<{ name: string; value: string }> | undefined
}
const toRow = (entry: EnvHistoryEntry): Row => ({ ...entry, values: undefined })

component('variableHistory', () => ({
  ...loading(),
  busy: false,
  rows: [] as Row[],
  total: 0,

  open() {
    this.status = 'loading'
    this.rows = []
    this.dialog()?.showModal()
    this.load()
  },

  load(): Promise<void> {
    return track(
      this,
      () => listEnvHistory(current.fn.id, { limit: pageSize, offset: 0 }),
      ({ history, pagination }) => {
        this.rows = history.map(toRow)
        this.total = pagination.total
      }
    )
  },

  more() {
    return extend(
      this,
      () => listEnvHistory(current.fn.id, { limit: pageSize, offset: this.rows.length }),
      ({ history }) => {
        this.rows = [...this.rows, ...history.map(toRow)]
      }
    )
  },

  changeText: ({ name, change }: EnvChange) => t(`changes.${change}`, { name }),

  /** Shows the values of an entry, and hides them again. */
  see(row: Row) {
    if (row.values !== undefined) {
      row.values = undefined
      return
    }
    return busily(
      this,
      async () => {
        const { env_vars: variables } = await getFormerEnv(current.fn.id, row.id)
        row.values = Object.entries(variables)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => ({ name, value }))
      },
      fail
    )
  },

  /** What is there now comes into the history too, so nothing has to be asked. */
  restore(row: Row) {
    return busily(
      this,
      async () => {
        if (
          !(await insist(
            tag => restoreEnv(current.fn.id, row.id, tag),
            () => undefined
          ))
        ) {
          return
        }
        await current.refresh()
        this.close()
        succeed(t('changes.restored'))
      },
      fail
    )
  },

  async forget() {
    if (
      (await ask({
        title: t('changes.forgetTitle'),
        text: t('changes.forgetText'),
        confirm: t('changes.forget'),
        danger: true
      })) !== 'confirm'
    ) {
      return
    }
    await busily(
      this,
      async () => {
        await forgetEnvHistory(current.fn.id)
        succeed(t('changes.forgotten'))
        await this.load()
      },
      fail
    )
  },

  /** Values do not stay in the page. */
  close() {
    this.rows = []
    this.dialog()?.close()
  },
  dialog() {
    return this.$refs['dialog'] as HTMLDialogElement | undefined
  }
}))
