/** Shared modules as the API shows them. */
import { Type } from 'typebox'
import type {
  ModuleSnapshot,
  ModuleVersionRecord,
  Requirer
} from '../../../core/contracts/modules.js'
import type { RequiredModule } from '../../../core/contracts/functions.js'
import { limits } from '../../../core/validation/limits.js'
import { Version, versionExample } from '../versions/schema.js'

export const moduleTags = ['Modules']

export const ModuleId = Type.String({
  description: 'Id of the module.',
  examples: ['d2c1v7h8e9k0m3n4p5r0']
})

/** What may be set. */
export const moduleFields = {
  name: Type.Optional(
    Type.String({
      description:
        'As `require` takes it: letters, digits and `_`, in parts that are joined by dots, at ' +
        `most ${limits.nameBytes} bytes. Unique, and none of Lua's or of the server's modules.`
    })
  ),
  code: Type.Optional(
    Type.String({
      description:
        'Lua that returns what `require` gives, as a rule a table; not blank, at most ' +
        `${limits.codeBytes} bytes. Stored as it is and not checked.`
    })
  ),
  description: Type.Optional(
    Type.String({ description: `At most ${limits.descriptionBytes} bytes.` })
  )
}

const { function_id: _function, ...versionFields } = Version.properties
const { function_id: _example, ...ownVersion } = versionExample

export const moduleVersionExample = {
  ...ownVersion,
  id: 'ver_d2c1v7h8e9k0m3n4p5r0_v1',
  module_id: 'd2c1v7h8e9k0m3n4p5r0',
  code:
    'local shop = {}\n\n--- The price with tax.\n---@param net number\n---@return number\n' +
    'function shop.gross(net)\n  return net * 1.2\nend\n\nreturn shop\n'
}

export const ModuleVersion = Type.Object(
  { ...versionFields, module_id: Type.String() },
  { title: 'ModuleVersion', examples: [moduleVersionExample] }
)

const Required = Type.Object(
  {
    name: Type.String(),
    id: Type.Optional(Type.String({ description: 'Of the module that has this name.' })),
    missing: Type.Optional(
      Type.Literal(true, { description: 'There is no shared module of this name.' })
    )
  },
  { title: 'RequiredModule', examples: [{ name: 'shop', id: moduleVersionExample.module_id }] }
)

export const requiresField = Type.Array(Required, {
  description:
    'Shared modules that the active version requires by a constant name, `require("name")`. Of functions only where ' +
    'one of them is read.'
})

const RequiredBy = Type.Object(
  {
    kind: Type.Enum(['function', 'module']),
    id: Type.String(),
    name: Type.String()
  },
  {
    title: 'Requirer',
    examples: [{ kind: 'function', id: 'd2c1v7h8e9k0m3n4p5q6', name: 'hello' }]
  }
)

export const requiredByField = Type.Array(RequiredBy, {
  description:
    'What requires this module in its active version, directly and by a constant name. A token that is for some ' +
    'functions only sees no others.'
})

const Exported = Type.Object(
  {
    name: Type.String(),
    kind: Type.Enum(['function', 'value']),
    signature: Type.String({ description: 'Such as `gross(net: number): number`.' }),
    description: Type.String({ description: "Of the comment (`---`) above it; '' without one." })
  },
  { title: 'ModuleExport' }
)

export const moduleExample = {
  id: moduleVersionExample.module_id,
  name: 'shop',
  description: 'Prices and taxes.',
  created_at: 1767225600,
  updated_at: 1767225600,
  active_version: moduleVersionExample,
  exports: [
    {
      name: 'gross',
      kind: 'function',
      signature: 'gross(net: number): number',
      description: 'The price with tax.'
    }
  ],
  requires: [],
  required_by: [{ kind: 'function', id: 'd2c1v7h8e9k0m3n4p5q6', name: 'hello' }]
}

const fields = {
  id: Type.String(),
  name: Type.String({ description: 'As `require` takes it; unique.' }),
  description: Type.Optional(Type.String({ description: 'Absent when never set.' })),
  created_at: Type.Integer({ description: 'Unix seconds.' }),
  updated_at: Type.Integer({ description: 'Unix seconds.' }),
  active_version: ModuleVersion,
  exports: Type.Array(Exported, {
    description:
      'The fields of the table that the active version returns, as its text tells: at most 500, and none of code of ' +
      'more than 256 KiB.'
  }),
  requires: requiresField,
  required_by: requiredByField
}

export const ModuleSchema = Type.Object(fields, { title: 'Module', examples: [moduleExample] })

export const ListedModule = Type.Object(
  { ...fields, etag: Type.String({ description: 'As the `ETag` of the module.' }) },
  { title: 'ListedModule', examples: [{ ...moduleExample, etag: '"PZv1f4Ry2mJ0cQw8sT5aXg"' }] }
)

export const toModuleVersion = ({ moduleId, ...version }: ModuleVersionRecord) => ({
  id: version.id,
  module_id: moduleId,
  version: version.version,
  code: version.code,
  created_at: version.createdAt,
  is_active: version.isActive,
  created_by: version.createdBy,
  message: version.message,
  commit: version.commit
})

export const toRequires = (required: readonly RequiredModule[]) =>
  required.map(({ name, id }) =>
    id === undefined ? { name, missing: true as const } : { name, id }
  )

/** `only`: ids of the functions that the caller may see; undefined: all. */
const toRequiredBy = (requirers: readonly Requirer[], only: readonly string[] | undefined) =>
  requirers.filter(({ kind, id }) => kind === 'module' || only?.includes(id) !== false)

export const toModule = (
  { module, active, exports, requires, requiredBy }: ModuleSnapshot,
  only: readonly string[] | undefined
) => ({
  id: module.id,
  name: module.name,
  description: module.description,
  created_at: module.createdAt,
  updated_at: module.updatedAt,
  active_version: toModuleVersion(active),
  exports: [...exports],
  requires: toRequires(requires),
  required_by: toRequiredBy(requiredBy, only)
})
