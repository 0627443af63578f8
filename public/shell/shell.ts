/** The frame around all pages: navigation, menu on a phone, palette, language. */
import { component } from '../alpine.js'
import { toBrowserPath } from '../base-path.js'
import type { PluginPage } from '../api/server.js'
import { chooseLanguage } from '../i18n/locale.js'
import { loadPluginPages, titleIn } from './plugin-pages.js'
import { recent } from './recent.js'
import { route } from './router.js'
import { loadServers } from './servers.js'
import { leave } from './session.js'
import { docsAddress } from './docs-address.js'
import { commandKey, hasCommand } from './shortcuts.js'

component('shell', () => ({
  menuOpen: false,
  recent: recent.list,
  paletteKeys: `${commandKey} K`,
  chooseLanguage,
  docsAddress,
  leave,

  init() {
    this.$watch('$store.recent.list', () => {
      this.recent = recent.list
    })
    this.$watch('$store.route.path', () => {
      this.menuOpen = false
      this.askServer()
    })
    this.askServer()
  },

  /** Once, when somebody is signed in. These pages are extras: without an answer there are none. */
  askServer() {
    if (route.page === 'login') return
    loadPluginPages().catch(() => {})
    loadServers().catch(() => {})
  },
  pluginTitle: titleIn,
  pluginHref: ({ name, path, embedded }: PluginPage): string =>
    embedded ? `/pages/${name}` : path,
  /** The icon is a mask, so that it has the colour of the text beside it. */
  pluginIcon: ({ icon = '' }: PluginPage): string =>
    `mask-image: url("${encodeURI(toBrowserPath(icon))}")`,

  isAt: (page: string) => (route.page === page ? 'page' : false),

  openMenu() {
    this.menuOpen = true
    this.$nextTick(() => document.querySelector<HTMLElement>('#sidebar .nav-item')?.focus())
  },
  closeMenu() {
    if (!this.menuOpen) return
    this.menuOpen = false
    this.$refs['menuButton']?.focus()
  },

  openPalette() {
    this.menuOpen = false
    dispatchEvent(new CustomEvent('moonlet:palette'))
  },

  onKey(event: KeyboardEvent) {
    if (event.key === 'Escape') return this.closeMenu()
    if (event.key.toLowerCase() !== 'k' || !hasCommand(event)) return
    // The editor would take it for the beginning of a command of its own.
    event.preventDefault()
    event.stopPropagation()
    this.openPalette()
  }
}))
