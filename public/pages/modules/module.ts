/** What all tabs of one shared module have in common. */
import { component } from '../../alpine.js'
import type { Requirer } from '../../api/modules.js'
import { loading, loadInto } from '../../shell/loading.js'
import { requireLine } from '../../editor/required.js'
import { copy } from '../../shell/clipboard.js'
import { functionPath, modulePath, moduleTabs } from '../../shell/routes.js'
import { createAskingAgain } from '../function/ask-again.js'
import { currentModule } from './current.js'

component('modulePage', () => ({
  ...loading(),
  ...createAskingAgain(currentModule),
  tabs: moduleTabs.map(id => ({ id })),
  module: currentModule.found,

  init() {
    this.load()
    this.$watch('$store.currentModule.found', () => {
      this.module = currentModule.found
    })
  },

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

  requireLine,
  copy,
  addressOf: ({ kind, id }: Requirer) => (kind === 'function' ? functionPath(id) : modulePath(id))
}))
