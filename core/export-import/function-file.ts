/**
 * One function as plain files for version control: `main.lua` and `function.json`. The JSON names its fields as the
 * management API does, in a fixed order, so that equal functions give equal files.
 */
import { Type, type Static, type TOptional, type TUnknown } from 'typebox'
import { Compile } from 'typebox/schema'
import type { FunctionRecord } from '../contracts/records.js'
import { frontDoorFields } from '../validation/front-door/change.js'
import { toFunctionSettings } from '../validation/function-settings.js'

export const CODE_FILE = 'main.lua'
export const SETTINGS_FILE = 'function.json'

const frontDoorSchema = Object.fromEntries(
  frontDoorFields.map(name => [name, Type.Optional(Type.Unknown())])
) as Record<(typeof frontDoorFields)[number], TOptional<TUnknown>>

/** null: the value was left out of the export. */
export const FileVariables = Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))

const functionFileSchema = Type.Object(
  {
    /** For editors. */
    $schema: Type.Optional(Type.String()),
    id: Type.Optional(Type.String({ pattern: '^[0-9a-v]{20}$' })),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    disabled: Type.Optional(Type.Boolean()),
    retention_days: Type.Optional(Type.Integer()),
    cron_schedule: Type.Optional(Type.String()),
    cron_status: Type.Optional(Type.String()),
    cron_catch_up: Type.Optional(Type.Boolean()),
    save_response: Type.Optional(Type.Boolean()),
    allow_same_origin: Type.Optional(Type.Boolean()),
    slug: Type.Optional(Type.String()),
    // What is in them is checked when they are imported, with the words of the API.
    ...frontDoorSchema,
    env_vars: Type.Optional(FileVariables)
  },
  { additionalProperties: false }
)

export type FunctionFile = Static<typeof functionFileSchema>

const validator = Compile(functionFileSchema)

/** Variables as files have them, sorted. */
export const toFileVariables = (
  variables: Readonly<Record<string, string>>,
  withSecrets: boolean
): Static<typeof FileVariables> =>
  Object.fromEntries(
    Object.keys(variables)
      .sort()
      .map(name => [name, withSecrets ? (variables[name] ?? '') : null])
  )

/** The text of `function.json`. Values of variables are left out unless `withSecrets`. */
export function formatFunctionFile(
  fn: FunctionRecord,
  env: Readonly<Record<string, string>>,
  withSecrets: boolean
): string {
  return toFileText({
    id: fn.id,
    ...toFunctionSettings(fn),
    env_vars: toFileVariables(env, withSecrets)
  })
}

/** Fields that the file knows, in its order; of a function as the API shows it, those that are set. */
export function toFileText(fields: Readonly<Record<string, unknown>>): string {
  const known = Object.keys(functionFileSchema.properties).flatMap(name => {
    const value = fields[name]
    const isEmpty = name === 'env_vars' && Object.keys(value ?? {}).length === 0
    return value === undefined || value === null || isEmpty ? [] : [[name, value] as const]
  })
  return `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`
}

/** Reads a `function.json`. Throws an Error that says what is wrong with it. */
export const parseFunctionFile = (text: string): FunctionFile =>
  parseFile(SETTINGS_FILE, validator, text)

interface FileProblem {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
}
interface Validator<T> {
  Check(value: unknown): value is T
  Errors(value: unknown): [boolean, ReadonlyArray<FileProblem>]
}

/** Reads the JSON of a file of this name. Throws an Error that says what is wrong with it. */
export function parseFile<T>(name: string, validator: Validator<T>, text: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(
      `${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`
    )
  }
  if (validator.Check(value)) return value
  const [first] = validator.Errors(value)[1]
  const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  if (first?.keyword === 'boolean') throw new Error(`${name}: there is no field "${where}"`)
  const message = first?.message ?? 'does not fit'
  throw new Error(`${name}: ${where === '' ? message : `${where} ${message}`}`)
}
