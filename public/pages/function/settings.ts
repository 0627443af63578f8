/**
 * All settings of a function, and likewise its access, those of a module, and the shared variables. What is changed but
 * not saved is not left without asking.
 */
import { component } from '../../alpine.js'
import { guardLeaving, route } from '../../shell/router.js'
import { hasUnsaved, mayLeaveForms } from '../settings/unsaved.js'

component('settings', () => {
  let stopGuarding = (): void => {}
  const { page, id, tab } = route
  return {
    init() {
      stopGuarding = guardLeaving(to => {
        const stays = to.page === page && to.id === id && to.tab === tab
        return stays || mayLeaveForms()
      })
    },
    destroy() {
      stopGuarding()
    },
    onUnload(event: Event) {
      if (hasUnsaved()) event.preventDefault()
    }
  }
})
