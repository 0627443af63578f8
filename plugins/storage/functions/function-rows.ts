/** Functions and versions as rows. */
import type { FrontDoor } from '../../../core/contracts/front-door.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import type {
  FunctionPatch,
  FunctionWithVersion,
  ScheduledFunction
} from '../../../core/contracts/functions.js'
import { findRequires } from '../../../core/lua-source/requires.js'
import { toVersionId } from '../executions/rows.js'

export interface FunctionRow {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly disabled: number
  readonly retentionDays: number | null
  readonly cronSchedule: string | null
  readonly cronStatus: 'active' | 'paused'
  readonly cronCatchUp: number
  readonly saveResponse: number
  readonly allowSameOrigin: number
  readonly slug: string | null
  /** JSON of a FrontDoor. */
  readonly frontDoor: string | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** Where a version came from; null: not known. */
export interface OriginRow {
  readonly createdBy: string | null
  readonly message: string | null
  readonly commit: string | null
}

export interface ActiveRow extends FunctionRow, OriginRow {
  readonly version: number | null
  readonly code: string | null
  readonly versionCreatedAt: number | null
  /** A JSON list of the names that it requires. */
  readonly requires: string | null
}
export interface ScheduledRow extends FunctionRow {
  readonly lastCronAt: number | null
}
export interface VersionRow extends OriginRow {
  readonly version: number
  readonly code: string
  readonly createdAt: number
  readonly isActive: number
}

export const functionColumns = `f.id, f.name, f.description, f.disabled, f.retention_days as retentionDays,
  f.cron_schedule as cronSchedule, f.cron_status as cronStatus, f.cron_catch_up as cronCatchUp,
  f.save_response as saveResponse, f.allow_same_origin as allowSameOrigin, f.slug, f.front_door as frontDoor,
  f.created_at as createdAt, f.updated_at as updatedAt`

export const originColumns = `v.created_by as createdBy, v.message, v."commit"`

/** To be read from `functions f` left joined with `versions v`, the active version. */
export const activeColumns = `${functionColumns}, v.version, v.code, v.created_at as versionCreatedAt, v.requires,
  ${originColumns}`

/** The column of each field of a patch that is stored as it is. */
export const patchColumns: Readonly<Record<PlainPatchKey, string>> = {
  name: 'name',
  description: 'description',
  disabled: 'disabled',
  retentionDays: 'retention_days',
  cronSchedule: 'cron_schedule',
  cronStatus: 'cron_status',
  cronCatchUp: 'cron_catch_up',
  saveResponse: 'save_response',
  allowSameOrigin: 'allow_same_origin'
}

export type PlainPatchKey = Exclude<keyof FunctionPatch, 'slug' | 'frontDoor'>

export const toStored = (value: string | number | boolean | undefined): string | number | null =>
  typeof value === 'boolean' ? Number(value) : (value ?? null)

export function toFunction(row: FunctionRow): FunctionRecord {
  return {
    id: row.id,
    name: row.name,
    description: row.description ?? undefined,
    disabled: row.disabled === 1,
    retentionDays: row.retentionDays ?? undefined,
    cronSchedule: row.cronSchedule ?? undefined,
    cronStatus: row.cronStatus,
    cronCatchUp: row.cronCatchUp === 1,
    saveResponse: row.saveResponse === 1,
    allowSameOrigin: row.allowSameOrigin === 1,
    slug: row.slug ?? undefined,
    frontDoor: parseFrontDoor(row.frontDoor),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt
  }
}

/** It was checked before it was stored. */
export const parseFrontDoor = (json: string | null): FrontDoor | undefined =>
  json === null ? undefined : (JSON.parse(json) as FrontDoor)

export const formatFrontDoor = (frontDoor: FrontDoor | undefined): string | null =>
  frontDoor === undefined ? null : JSON.stringify(frontDoor)

export const toScheduled = (row: ScheduledRow): ScheduledFunction => ({
  fn: toFunction(row),
  lastCronAt: row.lastCronAt ?? undefined
})

export function toFunctionWithVersion(row: ActiveRow): FunctionWithVersion {
  const { version, code, versionCreatedAt, createdBy, message, commit } = row
  const active =
    version === null || code === null || versionCreatedAt === null
      ? undefined
      : toVersion(row.id, {
          version,
          code,
          createdAt: versionCreatedAt,
          createdBy,
          message,
          commit,
          isActive: 1
        })
  return { fn: toFunction(row), active }
}

export const toVersion = (
  functionId: string,
  { version, code, createdAt, createdBy, message, commit, isActive }: VersionRow
): VersionRecord => ({
  id: toVersionId(functionId, version),
  functionId,
  version,
  code,
  createdAt,
  ...(createdBy === null ? {} : { createdBy }),
  ...(message === null ? {} : { message }),
  ...(commit === null ? {} : { commit }),
  isActive: isActive === 1
})

export type NewVersion = Omit<VersionRecord, 'id' | 'functionId' | 'isActive'>

export const toVersionColumns = ({
  version,
  createdAt,
  code,
  createdBy,
  message,
  commit
}: NewVersion) => ({
  version,
  createdAt,
  code,
  createdBy: createdBy ?? null,
  message: message ?? null,
  commit: commit ?? null,
  requires: JSON.stringify(findRequires(code))
})
