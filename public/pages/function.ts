/** What all tabs of one function share: the function itself, its address, and its tabs. */
import { component, store } from '../alpine.js'
import { basePath } from '../base-path.js'
import { getFunction } from '../api/functions.js'
import { getStatus } from '../api/server.js'
import type { LuaFunction } from '../api/types.js'
import { copy } from '../shell/clipboard.js'
import { loading, loadInto } from '../shell/loading.js'
import { remember } from '../shell/recent.js'
import { route } from '../shell/router.js'
import { tabs } from '../shell/routes.js'
import { toPublicAddress } from './function/address.js'
import { createAskingAgain } from './function/ask-again.js'
import { createSubject } from './function/subject.js'
import { mayRefuse, usage } from './function/usage.js'

const nothing: LuaFunction = {
  id: '',
  name: '',
  env_vars: {},
  disabled: false,
  save_response: false,
  allow_same_origin: false,
  created_at: 0,
  updated_at: 0,
  active_version: { id: '', version: 0, code: '', created_at: 0, is_active: true }
}

/** The function that the page is about. Tabs read it, and ask for it anew when they changed it. */
export const current = store('current', {
  ...createSubject(
    nothing,
    () => getFunction(route.id),
    ({ id, name }) => remember({ id, name })
  ),
  get fn(): LuaFunction {
    return this.found
  },
  /** Where functions answer, without a trailing slash. */
  origin: location.origin + basePath()
})

/** Below it everything is the function's, too. */
export const functionAddress = (): string =>
  `${current.origin}/fn/${current.fn.slug ?? current.fn.id}`
/** The one to tell others. */
export const publicAddress = (): string => toPublicAddress(current.fn, current.origin)

/** Functions may have a host of their own; otherwise they are where this page came from, whatever its public name. */
async function findOrigin(): Promise<void> {
  const { base_url: base, functions_url: functions } = await getStatus()
  if (functions !== undefined && functions !== base) current.origin = functions
}

component('functionPage', () => ({
  ...loading(),
  ...createAskingAgain(current),
  tabs: tabs.map(id => ({ id })),
  fn: { ...current.fn, name: '' },

  init() {
    this.load()
    findOrigin().catch(() => {})
    this.$watch('$store.current.fn', () => {
      this.fn = current.fn
    })
    // On a phone the tabs are wider than the window: the present one is never out of sight, in any language.
    this.$watch('$store.route.tab', () => {
      this.showTab()
    })
    this.$watch('$store.language.locale', () => {
      this.showTab()
    })
    this.showTab()
  },

  load(): Promise<void> {
    if (this.status === 'ready') return this.ask()
    return loadInto(
      this,
      () => current.refresh(),
      () => {
        this.fn = current.fn
        usage.of(current.fn.id)
        if (mayRefuse(current.fn)) usage.load(current.fn.id)
      }
    )
  },

  showTab() {
    this.$nextTick(() => {
      this.$root
        .querySelector('.tabs [aria-current="page"]')
        ?.scrollIntoView({ block: 'nearest', inline: 'center' })
    })
  },

  address: publicAddress,
  access(): string {
    return this.fn.access?.mode ?? 'public'
  },
  refused: () => usage.refused(),
  copy
}))
