/** What a function or module consists of for a project: its code and settings, without variables (`moonlet env`). */
import { createHash } from 'node:crypto'
import { frontDoorFields } from '../../../validation/front-door/change.js'
import { limitBounds } from '../../../validation/front-door/limits.js'

/** Settings by their names in the API, all of them, those that are not set with the value that clears them. */
export type Settings = Readonly<Record<string, unknown>>

export interface Content {
  readonly code: string
  readonly settings: Settings
}

/** In the order of function.json. What clears a setting is what an absent one means. */
const plainSettings: Readonly<Record<string, unknown>> = {
  name: '',
  description: '',
  disabled: false,
  retention_days: 7,
  cron_schedule: '',
  cron_status: 'paused',
  cron_catch_up: false,
  save_response: false,
  allow_same_origin: false,
  slug: ''
}

/** What clears each part of the front door, as the API takes it. */
const clearOf = (name: string): unknown =>
  name === 'routes' ? [] : Object.hasOwn(limitBounds, name) ? 0 : {}

const defaults: Settings = {
  ...plainSettings,
  ...Object.fromEntries(frontDoorFields.map(name => [name, clearOf(name)]))
}

/** Of a function as the API or a function.json shows it. */
export const toSettings = (fields: Readonly<Record<string, unknown>>): Settings =>
  Object.fromEntries(Object.entries(defaults).map(([name, unset]) => [name, fields[name] ?? unset]))

/** The same of a module. */
export const toModuleSettings = ({
  name,
  description = ''
}: {
  readonly name: string
  readonly description?: string
}): Settings => ({ name, description })

/** The settings of `wanted` that `present` has otherwise. */
export const changedSettings = (present: Settings, wanted: Settings): Settings =>
  Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => toText(value) !== toText(present[name]))
  )

/** One text for what is equal: the order of an object's fields does not count. */
function toText(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  )
}

export const isSame = (a: Content, b: Content): boolean =>
  a.code === b.code && Object.keys(changedSettings(a.settings, b.settings)).length === 0

export const digestOf = ({ code, settings }: Content): string =>
  createHash('sha256').update(toText(settings)).update('\0').update(code).digest('base64url')

/** The settings that are set, as people read them. */
export function toShownText(settings: Settings): string {
  const set = Object.entries(settings).filter(
    ([name, value]) => name === 'name' || toText(value) !== toText(defaults[name])
  )
  return `${JSON.stringify(Object.fromEntries(set), null, 2)}\n`
}
