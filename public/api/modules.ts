/** Shared modules over HTTP. */
import { request, requestTagged, type Tagged } from './client.js'
import { orGone } from './failure.js'
import type { Paging } from './functions.js'
import { listAll } from './list-all.js'
import type { Pagination, RequiredModule, Version } from './types.js'

/** What its code says of itself. */
export interface ModuleExport {
  name: string
  kind: 'function' | 'value'
  /** Such as `gross(net: number): number`. */
  signature: string
  description: string
}
export interface Requirer {
  kind: 'function' | 'module'
  id: string
  name: string
}
export interface LuaModule {
  id: string
  name: string
  description?: string
  created_at: number
  updated_at: number
  active_version: Version
  exports: ModuleExport[]
  requires: RequiredModule[]
  required_by: Requirer[]
}

const path = '/api/modules'
export const moduleApi = (id: string): string => `${path}/${encodeURIComponent(id)}`

export const listModules = (
  query: Paging & { search?: string },
  signal?: AbortSignal
): Promise<{ modules: LuaModule[]; pagination: Pagination }> =>
  request(path, { query: { ...query }, ...(signal ? { signal } : {}) })

export const listAllModules = (): Promise<LuaModule[]> =>
  listAll(async page => {
    const { modules, pagination } = await listModules(page)
    return { rows: modules, total: pagination.total }
  })

export const getModule = (id: string): Promise<Tagged<LuaModule>> => requestTagged(moduleApi(id))
export const createModule = (given: {
  name: string
  description?: string
  code: string
}): Promise<LuaModule> => request(path, { method: 'POST', body: given })

interface Condition {
  readonly tag: string
  /** Also when something requires it. */
  readonly force: boolean
}
export const updateModule = (id: string, change: object, { tag, force }: Condition) =>
  request(moduleApi(id), {
    method: 'PUT',
    body: change,
    ifMatch: tag,
    query: { force: force ? 'true' : undefined }
  })
export const deleteModule = (id: string, { tag, force }: Condition): Promise<unknown> =>
  orGone(
    request(moduleApi(id), {
      method: 'DELETE',
      ifMatch: tag,
      query: { force: force ? 'true' : undefined }
    })
  )
