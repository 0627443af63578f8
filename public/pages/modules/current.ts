/** The shared module that the page is about. Tabs read it, and ask for it anew when they changed it. */
import { store } from '../../alpine.js'
import { getFunction, runDraft } from '../../api/functions.js'
import { createModule, getModule, moduleApi, type LuaModule } from '../../api/modules.js'
import { route } from '../../shell/router.js'
import { modulePath } from '../../shell/routes.js'
import { addOwner } from '../function/owner.js'
import { createSubject } from '../function/subject.js'
import { findTargets } from './targets.js'

const nothing: LuaModule = {
  id: '',
  name: '',
  created_at: 0,
  updated_at: 0,
  active_version: { id: '', version: 0, code: '', created_at: 0, is_active: true },
  exports: [],
  requires: [],
  required_by: []
}

export const currentModule = store(
  'currentModule',
  createSubject(nothing, () => getModule(route.id))
)

addOwner('module', {
  subject: currentModule,
  watched: '$store.currentModule.found',
  api: moduleApi,
  page: modulePath,
  targets: () => findTargets(currentModule.found),
  alsoRuns: async target => (await getFunction(target)).found.active_version.code,
  run: (code, event, target) =>
    runDraft(target, { event, modules: { [currentModule.found.name]: code } }),
  module: () => currentModule.found.name,
  async createAgain(typed) {
    const { name, description, active_version: active } = currentModule.found
    const made = await createModule({
      name,
      code: typed ?? active.code,
      ...(description === undefined ? {} : { description })
    })
    return { name, path: modulePath(made.id) }
  }
})
