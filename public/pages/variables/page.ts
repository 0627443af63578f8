/** The page of the variables that all functions share. */
import { component } from '../../alpine.js'
import { loading, loadInto } from '../../shell/loading.js'
import { fail } from '../../shell/toasts.js'
import { shared } from './places.js'

component('sharedVariables', () => ({
  ...loading(),

  init() {
    this.load()
  },
  /** What is typed stays, whatever comes of asking again. */
  load(): Promise<void> {
    if (this.status === 'ready') return shared.refresh().catch(fail)
    return loadInto(
      this,
      () => shared.refresh(),
      () => {}
    )
  }
}))
