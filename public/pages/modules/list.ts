/** All shared modules, with search, and new ones. */
import { component, part } from '../../alpine.js'
import { createModule, listModules, type LuaModule } from '../../api/modules.js'
import { requireLine } from '../../editor/required.js'
import { t } from '../../i18n/locale.js'
import { openFormDialog } from '../../shell/form-dialog.js'
import { loadInto, loading, loadMore, withBusy } from '../../shell/loading.js'
import { keepInAddress, navigate, readAddress, route } from '../../shell/router.js'
import { modulePath } from '../../shell/routes.js'
import { describeError, succeed } from '../../shell/toasts.js'
import { withoutField } from '../access/form-card.js'
import { toFirstCode } from './first-code.js'

const PAGE_SIZE = 50

const createState = () => ({
  ...loading(),
  busy: false,
  search: readAddress('search').search,
  rows: [] as LuaModule[],
  total: 0,
  name: '',
  description: '',
  error: ''
})
type State = ReturnType<typeof createState>

function createLoading() {
  let searching: AbortController | undefined
  return part<State>()({
    load(): Promise<void> {
      searching?.abort()
      const { signal } = (searching = new AbortController())
      return loadInto(
        this,
        () => listModules({ search: this.search.trim(), limit: PAGE_SIZE, offset: 0 }, signal),
        ({ modules, pagination }) => {
          this.rows = modules
          this.total = pagination.total
        }
      )
    },
    more() {
      const page = { limit: PAGE_SIZE, offset: this.rows.length }
      return loadMore(
        this,
        () => listModules({ search: this.search.trim(), ...page }),
        ({ modules, pagination }) => {
          this.rows = [...this.rows, ...modules]
          this.total = pagination.total
        }
      )
    },

    find(): Promise<void> {
      keepInAddress({ search: this.search.trim() })
      return this.load()
    },
    /** A link or a step of the history may lead to the list with another search. */
    followAddress() {
      const { search } = readAddress('search')
      if (route.page !== 'modules' || search === this.search.trim()) return
      this.search = search
      this.load()
    }
  })
}

const createDialog = () =>
  part<State>()({
    openNew() {
      Object.assign(this, { name: '', description: '', error: '' })
      openFormDialog(this.dialog())
    },
    closeNew() {
      this.dialog()?.close()
    },
    dialog() {
      return this.$refs['dialog'] as HTMLDialogElement | undefined
    },

    create() {
      this.error = ''
      const name = this.name.trim()
      const description = this.description.trim()
      const work = async (): Promise<void> => {
        const { id } = await createModule({
          name,
          code: toFirstCode(name),
          ...(description === '' ? {} : { description })
        })
        this.closeNew()
        succeed(t('modules.created', { name }))
        await navigate(modulePath(id))
      }
      return withBusy(this, work, error => {
        this.error = withoutField(describeError(error).text)
        this.$refs['name']?.focus()
      })
    }
  })

component('modules', () => ({
  ...createState(),
  ...createLoading(),
  ...createDialog(),

  init() {
    this.load()
    this.$watch('$store.route.query', () => {
      this.followAddress()
    })
  },

  requireLine,
  example: 'shop',
  offers: ({ exports }: LuaModule) => exports.map(({ name }) => name).join(', '),

  /** The whole row is a target for the pointer; the name is the link for everyone else. */
  open(event: MouseEvent, { id }: LuaModule) {
    if (event.target instanceof Element && event.target.closest('a')) return
    navigate(modulePath(id))
  }
}))
