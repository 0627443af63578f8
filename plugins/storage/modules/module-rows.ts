/** Modules and their versions as rows. */
import type {
  ModuleExport,
  ModuleRecord,
  ModuleVersionRecord
} from '../../../core/contracts/modules.js'
import { toVersionId } from '../executions/rows.js'
import type { VersionOrigin } from '../../../core/contracts/records.js'
import { findExports } from '../../../core/lua-source/exports.js'
import { toVersionColumns, type OriginRow } from '../functions/function-rows.js'

export interface ModuleRow {
  readonly rowId: number
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly createdAt: number
  readonly updatedAt: number
}

export interface ModuleVersionRow extends OriginRow {
  readonly version: number
  readonly code: string
  readonly createdAt: number
  readonly isActive: number
  /** JSON lists. */
  readonly requires: string
  readonly exports: string
}

export interface ActiveModuleRow extends ModuleRow, OriginRow {
  readonly version: number
  readonly code: string
  readonly versionCreatedAt: number
  readonly requires: string
  readonly exports: string
}

export const moduleColumns = `m.seq as rowId, m.id, m.name, m.description, m.created_at as createdAt,
  m.updated_at as updatedAt`

export const toModule = (row: ModuleRow): ModuleRecord => ({
  id: row.id,
  name: row.name,
  description: row.description ?? undefined,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt
})

type VersionFields = Omit<ModuleVersionRow, 'requires' | 'exports'>

export const toModuleVersion = (
  moduleId: string,
  { version, code, createdAt, createdBy, message, commit, isActive }: VersionFields
): ModuleVersionRecord => ({
  id: toVersionId(moduleId, version),
  moduleId,
  version,
  code,
  createdAt,
  ...(createdBy === null ? {} : { createdBy }),
  ...(message === null ? {} : { message }),
  ...(commit === null ? {} : { commit }),
  isActive: isActive === 1
})

export const toActiveVersion = ({
  id,
  versionCreatedAt,
  version,
  code,
  createdBy,
  message,
  commit
}: ActiveModuleRow): ModuleVersionRecord =>
  toModuleVersion(id, {
    version,
    code,
    createdAt: versionCreatedAt,
    createdBy,
    message,
    commit,
    isActive: 1
  })

/** A list that we have written. */
export const parseNames = (json: string): readonly string[] => JSON.parse(json) as string[]

export const parseExports = (json: string): readonly ModuleExport[] =>
  JSON.parse(json) as ModuleExport[]

export interface NewModuleVersion {
  readonly version: number
  readonly code: string
  readonly createdAt: number
  readonly origin?: VersionOrigin | undefined
}

export const toModuleVersionColumns = ({ origin, ...made }: NewModuleVersion) => ({
  ...toVersionColumns({ ...made, ...origin }),
  exports: JSON.stringify(findExports(made.code))
})

/** What a change has made of a module. */
export interface ChangedModule {
  /** Those of the module before and after, each once. */
  readonly names: readonly string[]
  /** Number of the version that was made. */
  readonly version: number | undefined
}
