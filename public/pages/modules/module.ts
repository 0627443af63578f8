/** What all tabs of one shared module have in common. */
import { component } from '../../alpine.js'
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

  init() {
    this.load()
    this.$watch('$store.currentModule.found', () => {
      this.module = currentModule.found
    })
  },

  /** What is typed stays, whatever comes of asking again. */
  load(): Promise<void> {
    if (this.status === 'ready') return currentModule.refresh().catch(fail)
    return loadInto(
      this,
      () => currentModule.refresh(),
      () => {
        this.module = currentModule.found
      }
    )
  },

  requireLine,
  copy,
  addressOf: ({ kind, id }: Requirer) => (kind === 'function' ? functionPath(id) : modulePath(id))
}))
