/** All settings of a function. What is changed but not saved is not left without asking. */
import { component } from '../../alpine.js'
import { guardLeaving } from '../../shell/router.js'
import { current } from '../function.js'
import { hasUnsaved, mayLeaveForms } from '../settings/unsaved.js'

component('settings', () => {
  let stopGuarding = (): void => {}
  const { id } = current.fn
  return {
    init() {
      stopGuarding = guardLeaving(to => (to.id === id && to.tab === 'settings') || mayLeaveForms())
    },
    destroy() {
      stopGuarding()
    },
    onUnload(event: Event) {
      if (hasUnsaved()) event.preventDefault()
    }
  }
})
