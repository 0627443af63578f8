/** What all tabs of one shared module have in common. */
import { component } from '../../alpine.js'
import { isMissing } from '../../api/failure.js'
import type { Requirer } from '../../api/modules.js'
import { loading, loadInto } from '../../shell/loading.js'
import { requireLine } from '../../editor/required.js'
import { copy } from '../../shell/clipboard.js'
import { functionPath, modulePath, moduleTabs } from '../../shell/routes.js'
import { fail } from '../../shell/toasts.js'
import { currentModule } from './current.js'

component('modulePage', () => ({
  ...loading(),
  tabs: moduleTabs.map(id => ({ id })),
  module: currentModule.found,
  asking: false,

  init() {
    this.load()
    this.$watch('$store.currentModule.found', () => {
      this.module = currentModule.found
    })
  },

  /** What is typed stays, whatever comes of asking again. */
  load(): Promise<void> {
    if (this.status === 'ready') return this.ask()
    return loadInto(
      this,
      () => currentModule.refresh(),
      () => {
        this.module = currentModule.found
      }
    )
  },

  /** The page says by itself that the module is gone. */
  async ask() {
    if (this.status !== 'ready' || this.asking) return
    this.asking = true
    await currentModule.refresh().catch(error => {
      if (!isMissing(error)) fail(error)
    })
    this.asking = false
  },
  askIfGone() {
    if (!currentModule.gone) this.ask()
  },

  requireLine,
  copy,
  addressOf: ({ kind, id }: Requirer) => (kind === 'function' ? functionPath(id) : modulePath(id))
}))
