/** All settings of a function, and likewise its access. What is changed but not saved is not left without asking. */
import { component } from '../../alpine.js'
import { guardLeaving, route } from '../../shell/router.js'
import { current } from '../function.js'
import { hasUnsaved, mayLeaveForms } from '../settings/unsaved.js'

component('settings', () => {
  let stopGuarding = (): void => {}
  const { id } = current.fn
  const { tab } = route
  return {
    init() {
      stopGuarding = guardLeaving(to => (to.id === id && to.tab === tab) || mayLeaveForms())
    },
    destroy() {
      stopGuarding()
    },
    onUnload(event: Event) {
      if (hasUnsaved()) event.preventDefault()
    }
  }
})
