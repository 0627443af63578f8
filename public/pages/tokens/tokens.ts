/** Tokens of the management API: made, shown once, listed and ended. */
import { component, part } from '../../alpine.js'
import { createToken, endToken, listTokens, type Token } from '../../api/account.js'
import { tokenScopes } from '../../api/lists.js'
import { listAllFunctions } from '../../api/functions.js'
import { expiries, expiryOf } from '../../format/expiry.js'
import { format } from '../../format/values.js'
import { t } from '../../i18n/locale.js'
import { copy } from '../../shell/clipboard.js'
import { ask } from '../../shell/dialogs.js'
import { holdPlace } from '../../shell/focus.js'
import { loading, loadInto, withBusy } from '../../shell/loading.js'
import { describeError, fail, succeed } from '../../shell/toasts.js'
import { guardTyped } from '../../shell/typed.js'

/** Each with the name of the text that tells what it lets. */
const scopes = tokenScopes.map(id => ({ id, text: id.replace(':', '_') }))

const noWish = () => ({
  name: '',
  scopes: [] as string[],
  isLimited: false,
  functions: [] as string[],
  expiry: '90',
  date: '',
  error: ''
})

const createState = () => ({
  ...loading(),
  busy: false,
  tokens: [] as Token[],
  /** To choose from. */
  functions: [] as Array<{ id: string; name: string }>,
  wish: noWish(),
  /** The token that was just made; it is in the page until that is left. */
  made: ''
})
type State = ReturnType<typeof createState>

const createList = () =>
  part<State>()({
    load(): Promise<void> {
      return loadInto(this, listTokens, tokens => {
        this.tokens = tokens
      })
    },
    async loadFunctions() {
      this.functions = await listAllFunctions().catch(() => [])
    },

    isExpired: ({ expires_at: at = Infinity }: Token) => at * 1000 <= Date.now(),
    /** By name; one that is gone by its id. */
    functionsText({ functions = [] }: Token) {
      const names = functions.map(id => this.functions.find(fn => fn.id === id)?.name ?? id)
      return t('tokens.onlyFor', { names: format.list(names) })
    },
    factsOf(token: Token) {
      const { created_at: made, expires_at: at, last_used_at: used, last_used_ip: ip = '' } = token
      return [
        t('tokens.made', { when: format.relative(made) }),
        used === undefined
          ? t('tokens.unused')
          : t('tokens.used', { when: format.relative(used), address: ip }),
        at === undefined ? t('keys.forever') : t('keys.until', { when: format.dateTime(at) })
      ].join(' · ')
    }
  })
type List = ReturnType<typeof createList>

const createChanges = () =>
  part<State & List>()({
    async make() {
      const { wish } = this
      const expiresAt = expiryOf(wish)
      wish.error = ''
      if (wish.scopes.length === 0) wish.error = t('tokens.noScope')
      else if (wish.isLimited && wish.functions.length === 0) wish.error = t('tokens.noFunction')
      if (wish.error !== '') return
      const work = async (): Promise<void> => {
        const { token } = await createToken({
          name: wish.name.trim(),
          scopes: wish.scopes,
          ...(wish.isLimited ? { functions: wish.functions } : {}),
          ...(expiresAt === undefined ? {} : { expires_at: expiresAt })
        })
        this.made = token
        this.wish = noWish()
        await this.load()
      }
      await withBusy(this, work, error => {
        wish.error = describeError(error).text
      })
      this.$nextTick(() => {
        if (this.wish.error === '') this.$refs['made']?.focus()
        else this.$refs['name']?.focus()
      })
    },

    async end({ id, name }: Token) {
      const keepPlace = holdPlace()
      const answer = await ask({
        title: t('tokens.endTitle', { name }),
        text: t('tokens.endText'),
        confirm: t('keys.end'),
        danger: true
      })
      if (answer !== 'confirm') return
      const work = async (): Promise<void> => {
        await endToken(id)
        this.tokens = this.tokens.filter(token => token.id !== id)
        if (this.tokens.length === 0) this.made = ''
        succeed(t('tokens.ended', { name }))
      }
      await withBusy(this, work, fail)
      await this.$nextTick()
      keepPlace()
    }
  })

component('tokens', () => {
  let stopGuarding = (): void => {}
  return {
    ...createState(),
    ...createList(),
    ...createChanges(),
    scopes,
    expiries,
    copy,

    init() {
      stopGuarding = guardTyped(() => this.wish.name.trim() !== '' || this.wish.scopes.length > 0)
      this.load()
      this.loadFunctions()
    },
    destroy() {
      stopGuarding()
    }
  }
})
