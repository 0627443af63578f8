/**
 * What the sandbox knows of the Lua modules: the declarations without prose and host code. It travels in
 * the hello frame, so a third-party plugin's module reaches Lua the same way as a built-in one.
 */
import type { LuaModule } from './module.js'
import type { LuaType } from './types/declare.js'
import { withoutDocs } from './types/declared.js'

export interface ManifestFunction {
  readonly name: string
  readonly place: 'host' | 'local'
  readonly params: ReadonlyArray<{ readonly name: string; readonly type: LuaType }>
  /** Local ones only: a value, which is never called and needs no check. */
  readonly isValue?: true
  /** Host functions only: Lua goes on with this result and does not wait. */
  readonly oneWay?: { readonly result: boolean | undefined }
}

export interface ManifestModule {
  readonly name: string
  readonly functions: readonly ManifestFunction[]
  readonly source?: string
}

export type Manifest = readonly ManifestModule[]

export const toManifest = (modules: Iterable<LuaModule>): Manifest =>
  Array.from(modules, module => ({
    name: module.name,
    ...(module.source === undefined ? {} : { source: module.source }),
    functions: Object.entries(module.functions).map(([name, declared]) => ({
      name,
      place: declared.place,
      params: declared.params.map(({ name, type }) => ({ name, type: withoutDocs(type) })),
      ...(declared.place === 'local' && declared.isValue === true
        ? { isValue: true as const }
        : {}),
      ...(declared.place === 'host' && declared.oneWay !== undefined
        ? { oneWay: { result: declared.oneWay.result } }
        : {})
    }))
  }))
