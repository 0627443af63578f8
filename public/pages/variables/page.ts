/** The page of the variables that all functions share. */
import { component } from '../../alpine.js'
import { loading, loadInto } from '../../shell/loading.js'
import { guardLeaving } from '../../shell/router.js'
import { fail } from '../../shell/toasts.js'
import { hasUnsaved, mayLeaveForms } from '../settings/unsaved.js'
import { shared } from './places.js'

component('sharedVariables', () => {
  let stopGuarding = (): void => {}
  return {
    ...loading(),

    init() {
      stopGuarding = guardLeaving(to => to.tab === 'variables' || mayLeaveForms())
      this.load()
    },
    destroy() {
      stopGuarding()
    },
    /** What is typed stays, whatever comes of asking again. */
    load(): Promise<void> {
      if (this.status === 'ready') return shared.refresh().catch(fail)
      return loadInto(
        this,
        () => shared.refresh(),
        () => {}
      )
    },
    onUnload(event: Event) {
      if (hasUnsaved()) event.preventDefault()
    }
  }
})
