/** What the variables were before, to look at and to bring back. */
import { component, part } from '../../alpine.js'
import type { EnvChange, EnvHistoryEntry } from '../../api/types.js'
import { forgetHistory, getFormer, listHistory, restoreFormer } from '../../api/variable-history.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { loadInto, loading, loadMore, withBusy } from '../../shell/loading.js'
import { fail, succeed } from '../../shell/toasts.js'
import { insistOn } from '../function/insist.js'
import { placeOf } from './places.js'

const PAGE_SIZE = 20
interface Row extends EnvHistoryEntry {
  values: Array<{ name: string; value: string }> | undefined
}
const toRow = (entry: EnvHistoryEntry): Row => ({ ...entry, values: undefined })

const createState = () => ({ ...loading(), busy: false, rows: [] as Row[], total: 0 })
type State = ReturnType<typeof createState>

const createLoading = () =>
  part<State>()({
    load(): Promise<void> {
      return loadInto(
        this,
        () => listHistory(placeOf(this.$root).api(), { limit: PAGE_SIZE, offset: 0 }),
        ({ history, pagination }) => {
          this.rows = history.map(toRow)
          this.total = pagination.total
        }
      )
    },

    more() {
      const page = { limit: PAGE_SIZE, offset: this.rows.length }
      return loadMore(
        this,
        () => listHistory(placeOf(this.$root).api(), page),
        ({ history }) => {
          this.rows = [...this.rows, ...history.map(toRow)]
        }
      )
    },

    /** Shows the values of an entry, and hides them again. */
    see(row: Row) {
      if (row.values !== undefined) {
        row.values = undefined
        return
      }
      const work = async (): Promise<void> => {
        const { env_vars: variables } = await getFormer(placeOf(this.$root).api(), row.id)
        row.values = Object.entries(variables)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => ({ name, value }))
      }
      return withBusy(this, work, fail)
    }
  })
type Loaded = ReturnType<typeof createLoading>

const createDialog = () =>
  part<State & Loaded>()({
    open() {
      this.status = 'loading'
      this.rows = []
      this.dialog()?.showModal()
      this.load()
    },
    /** Values do not stay in the page. */
    close() {
      this.rows = []
      this.dialog()?.close()
    },
    dialog() {
      return this.$refs['dialog'] as HTMLDialogElement | undefined
    }
  })
type Dialog = ReturnType<typeof createDialog>

const createActions = () =>
  part<State & Loaded & Dialog>()({
    /** What is there now comes into the history too, so nothing has to be asked. */
    restore(row: Row) {
      const { subject, api } = placeOf(this.$root)
      const send = (tag: string) => restoreFormer(api(), row.id, tag)
      const work = async (): Promise<void> => {
        if (!(await insistOn(subject, send, () => undefined))) return
        await subject.refresh()
        this.close()
        succeed(t('changes.restored'))
      }
      return withBusy(this, work, fail)
    },

    async forget() {
      const answer = await ask({
        title: t('changes.forgetTitle'),
        text: t('changes.forgetText'),
        confirm: t('changes.forget'),
        danger: true
      })
      if (answer !== 'confirm') return
      const { api } = placeOf(this.$root)
      const work = async (): Promise<void> => {
        await forgetHistory(api())
        succeed(t('changes.forgotten'))
        await this.load()
      }
      await withBusy(this, work, fail)
    }
  })

component('variableHistory', () => ({
  ...createState(),
  ...createLoading(),
  ...createDialog(),
  ...createActions(),
  changeText: ({ name, change }: EnvChange) => t(`changes.${change}`, { name })
}))
