/** The Lua API reference beside the editor, made from what this server really has. */
import { component } from '../../../alpine.js'
import { getReference } from '../../../api/server.js'
import type { LuaModuleReference } from '../../../api/lua-reference.js'
import { requireLine } from '../../../editor/required.js'
import { loading, loadInto } from '../../../shell/loading.js'
import { keepInAddress, readAddress } from '../../../shell/router.js'

component('reference', () => ({
  ...loading(),
  search: readAddress('search').search,
  modules: [] as LuaModuleReference[],

  requireLine,

  init() {
    this.load()
  },

  find() {
    keepInAddress({ side: 'reference', search: this.search.trim() })
  },

  load(): Promise<void> {
    return loadInto(this, getReference, ({ modules }) => {
      this.modules = modules
    })
  },

  /** Modules with the functions that the search names; all of them when it names the module. */
  found(): LuaModuleReference[] {
    const wanted = this.search.trim().toLowerCase()
    if (wanted === '') return this.modules
    return this.modules
      .map(module => ({
        ...module,
        functions: module.functions.filter(entry =>
          `${module.name}.${entry.name} ${entry.doc}`.toLowerCase().includes(wanted)
        )
      }))
      .filter(module => module.functions.length > 0)
  }
}))
