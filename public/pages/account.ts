/** The sessions that are signed in, and what the server says about itself. */
import { component } from '../alpine.js'
import {
  endAllSessions,
  endSession,
  getStatus,
  listSessions,
  type ServerStatus
} from '../api/server.js'
import type { Session } from '../api/types.js'
import { t } from '../i18n/locale.js'
import { holdPlace } from '../shell/focus.js'
import { ask } from '../shell/dialogs.js'
import { loading, loadInto } from '../shell/loading.js'
import { toLogin } from '../shell/session.js'
import { fail, succeed } from '../shell/toasts.js'

const browsers = /(Firefox|Edg|OPR|Chrome|Safari)\/(\d+)/
const systems = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/

component('account', () => ({
  ...loading(),
  sessions: [] as Session[],
  server: {} as Partial<ServerStatus>,

  init() {
    this.load()
    getStatus().then(status => {
      this.server = status
    }, fail)
  },

  load(): Promise<void> {
    return loadInto(this, listSessions, sessions => {
      this.sessions = sessions
    })
  },

  /** "Firefox 141, Linux" of a browser's long own description. */
  browser(agent: string) {
    const [, name, version] = browsers.exec(agent) ?? []
    const [system] = systems.exec(agent) ?? []
    return name === undefined
      ? agent || t('account.unknown')
      : `${name.replace('Edg', 'Edge').replace('OPR', 'Opera')} ${version}${system === undefined ? '' : `, ${system}`}`
  },

  async end(session: Session) {
    const keepPlace = holdPlace()
    try {
      await endSession(session.id)
      if (session.current) return toLogin()
      this.sessions = this.sessions.filter(({ id }) => id !== session.id)
      succeed(t('account.ended'))
      await this.$nextTick()
      keepPlace()
    } catch (error) {
      fail(error)
    }
  },

  async endAll() {
    if (
      (await ask({
        title: t('account.endAll'),
        text: t('account.endAllText'),
        confirm: t('account.endAll'),
        danger: true
      })) !== 'confirm'
    ) {
      return
    }
    try {
      await endAllSessions()
      toLogin()
    } catch (error) {
      fail(error)
    }
  }
}))
