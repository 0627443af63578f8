/** The browser of a key-value store: a function's, or the one that all functions share. */
import { component } from '../../alpine.js'
import { readAddress, route } from '../../shell/router.js'
import { current } from '../function.js'
import { createDeletion } from './deletion.js'
import { createEntryDialog } from './entry-dialog.js'
import { createKvLoading } from './loading.js'
import { createKvState } from './state.js'

component('kv', () => ({
  ...createKvState(),
  ...createKvLoading(),
  ...createEntryDialog(),
  ...createDeletion(),

  init() {
    this.scope = this.$el.dataset['scope'] ?? 'function'
    this.functionId = this.scope === 'global' ? undefined : current.fn.id
    this.load(Number(readAddress('rows').rows) || 0)
    const { path } = route
    this.$watch('$store.route.query', () => {
      const { prefix } = readAddress('prefix')
      if (route.path !== path || prefix === this.prefix) return
      this.prefix = prefix
      this.load(0)
    })
  }
}))
