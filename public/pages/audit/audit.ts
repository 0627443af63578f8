/** Who changed what: by whom, of which function, from when to when. */
import { component, part } from '../../alpine.js'
import { listAudit, listTokens, type AuditEntry, type AuditQuery } from '../../api/account.js'
import { listAllFunctions } from '../../api/functions.js'
import { t } from '../../i18n/locale.js'
import { loading, loadInto, loadMore } from '../../shell/loading.js'
import { keepInAddress, readAddress } from '../../shell/router.js'
import { actionText, changesOf, linkOf, nameOf, whoText } from './labels.js'

const PAGE_SIZE = 50

interface Named {
  readonly id: string
  readonly name: string
}

/** The filters that the address names. */
function readFilters() {
  const { function_id: functionId, ...others } = readAddress('actor', 'function_id', 'from', 'to')
  return { functionId, ...others }
}

/** A day in the reader's time as Unix seconds; empty: no bound. */
const toSeconds = (day: string, time: string): string => {
  const seconds = Math.floor(new Date(`${day}T${time}`).getTime() / 1000)
  return day === '' || Number.isNaN(seconds) ? '' : String(seconds)
}

const createState = () => ({
  ...loading(),
  busy: false,
  filters: readFilters(),
  /** To choose from. */
  functions: [] as Named[],
  tokens: [] as Named[],
  rows: [] as AuditEntry[],
  total: 0
})
type State = ReturnType<typeof createState>

const createLoading = () =>
  part<State>()({
    query(): Omit<AuditQuery, 'offset'> {
      const { actor, functionId, from, to } = this.filters
      return {
        actor,
        function_id: functionId,
        from: toSeconds(from, '00:00:00'),
        to: toSeconds(to, '23:59:59'),
        limit: PAGE_SIZE
      }
    },
    load(): Promise<void> {
      return loadInto(
        this,
        () => listAudit({ ...this.query(), offset: 0 }),
        ({ entries, pagination }) => {
          Object.assign(this, { rows: entries, total: pagination.total })
        }
      )
    },
    more() {
      return loadMore(
        this,
        () => listAudit({ ...this.query(), offset: this.rows.length }),
        ({ entries, pagination }) => {
          const known = new Set(this.rows.map(({ id }) => id))
          const added = entries.filter(({ id }) => !known.has(id))
          Object.assign(this, { rows: [...this.rows, ...added], total: pagination.total })
        }
      )
    },
    find(): Promise<void> {
      const { actor, functionId, from, to } = this.filters
      keepInAddress({ actor, function_id: functionId, from, to })
      this.rows = []
      return this.load()
    },
    filtered(): boolean {
      return Object.values(this.filters).some(value => value !== '')
    }
  })

const createChoices = () =>
  part<State>()({
    /** What to choose from is an extra of the page. */
    async loadChoices() {
      this.functions = await listAllFunctions().catch(() => [])
      this.tokens = await listTokens().catch(() => [])
    },
    actors(): Named[] {
      return [
        { id: 'session', name: t('audit.session') },
        { id: 'api_key', name: t('audit.api_key') },
        { id: 'token', name: t('audit.anyToken') },
        ...this.tokens.map(({ id, name }) => ({ id, name: t('audit.token', { name }) }))
      ]
    }
  })

component('audit', () => ({
  ...createState(),
  ...createLoading(),
  ...createChoices(),
  actionText,
  changesOf,
  linkOf,
  nameOf,
  whoText,

  init() {
    this.load()
    this.loadChoices()
  }
}))
