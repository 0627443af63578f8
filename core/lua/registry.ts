/** All Lua modules of this server, built-in and third-party alike. */
import { MoonletError } from '../base/errors.js'
import { toManifest, type Manifest } from './manifest.js'
import type { LuaModule } from './module.js'
import { whyReserved } from './reserved-names.js'

export interface LuaRegistry {
  /** Adds a module. `owner` is the plugin's name. Throws MODULE_INVALID when the name is taken, naming both owners. */
  add(module: LuaModule, owner: string): void
  /** In the order of addition. */
  modules(): readonly LuaModule[]
  find(name: string): LuaModule | undefined
  /** What the sandbox is given; made once, after the last plugin. */
  manifest(): Manifest
}

export function createLuaRegistry(): LuaRegistry {
  const entries = new Map<string, { module: LuaModule; owner: string }>()
  let manifest: Manifest | undefined

  return {
    add(module, owner) {
      const taken = entries.get(module.name)
      if (taken !== undefined) {
        throw new MoonletError(
          'MODULE_INVALID',
          `The Lua module '${module.name}' of plugin '${owner}' is already provided by plugin '${taken.owner}'`
        )
      }
      if (!/^[a-z_][a-zA-Z0-9_]*$/.test(module.name)) {
        throw new MoonletError(
          'MODULE_INVALID',
          `The Lua module '${module.name}' of plugin '${owner}' needs a name of letters, digits and ` +
            `'_' that begins with a small letter`
        )
      }
      const reserved = whyReserved(module.name)
      if (reserved !== undefined) {
        throw new MoonletError(
          'MODULE_INVALID',
          `The Lua module '${module.name}' of plugin '${owner}' needs another name: this one ${reserved}`
        )
      }
      entries.set(module.name, { module, owner })
      manifest = undefined
    },
    modules: () => Array.from(entries.values(), entry => entry.module),
    find: name => entries.get(name)?.module,
    manifest: () => (manifest ??= toManifest(Array.from(entries.values(), entry => entry.module)))
  }
}
