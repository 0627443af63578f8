/** The Lua reference as the editor wants it: `GET /api/lua`. */
import { Type } from 'typebox'
import type { LuaFunctionDeclaration, LuaModule } from '../../core/lua/module.js'
import { signatureText } from '../../core/lua/signature.js'
import { typeText } from '../../core/lua/types/declared.js'
import { isOptional, withoutOptional } from '../../core/lua/types/optional.js'
import type { LuaType } from '../../core/lua/types/declare.js'
import { recordTypes } from './record-types.js'

const Named = Type.Object({
  name: Type.String(),
  type: Type.String({ description: 'As LuaLS annotations write it.' }),
  optional: Type.Boolean({ description: 'May be nil or left out.' }),
  doc: Type.String({ description: 'Markdown.' })
})

const LuaFunction = Type.Object({
  name: Type.String(),
  signature: Type.String({ description: 'Such as `kv.get(key: string): string | nil`.' }),
  doc: Type.String({ description: 'Markdown.' }),
  params: Type.Array(Named),
  returns: Type.Object({ type: Type.String(), doc: Type.String() }),
  fails: Type.Boolean({ description: 'A failure gives `nil, message` instead of an error.' }),
  example: Type.String({ description: 'Body of a handler.' })
})

export const LuaReference = Type.Object(
  {
    modules: Type.Array(
      Type.Object({
        name: Type.String({ description: 'The global variable, or what is given to `require`.' }),
        required: Type.Boolean({
          description: 'Is no global variable, but loaded by `require(name)`.'
        }),
        doc: Type.String({ description: 'Markdown.' }),
        functions: Type.Array(LuaFunction),
        types: Type.Array(Type.Object({ name: Type.String(), fields: Type.Array(Named) }), {
          description: 'Tables that functions take or give.'
        })
      })
    )
  },
  {
    title: 'LuaReference',
    examples: [
      {
        modules: [
          {
            name: 'kv',
            required: false,
            doc: 'Values that outlive one execution.',
            functions: [
              {
                name: 'get',
                signature: 'kv.get(key: string): string | nil',
                doc: 'Returns the value stored under `key`.',
                params: [{ name: 'key', type: 'string', optional: false, doc: 'Any bytes.' }],
                returns: { type: 'string | nil', doc: 'Nil when there is none.' },
                fails: false,
                example: "return { body = kv.get('greeting') or 'hello' }"
              }
            ],
            types: []
          }
        ]
      }
    ]
  }
)

const toNamed = (name: string, type: LuaType, doc: string) => ({
  name,
  type: typeText(withoutOptional(type)),
  optional: isOptional(type),
  doc
})

const toFunction = (module: string, name: string, declared: LuaFunctionDeclaration) => ({
  name,
  signature: signatureText(module, name, declared),
  doc: declared.doc,
  params: declared.params.map(({ name, type, doc }) => toNamed(name, type, doc)),
  returns: { type: typeText(declared.returns), doc: declared.returnDoc ?? '' },
  fails: declared.fails === true,
  example: declared.example
})

export const toReference = (modules: readonly LuaModule[]) => ({
  modules: modules.map(module => ({
    name: module.name,
    required: module.source !== undefined,
    doc: module.doc,
    functions: Object.entries(module.functions).map(([name, declared]) =>
      toFunction(module.name, name, declared)
    ),
    types: recordTypes(module).map(({ name, fields }) => ({
      name,
      fields: Object.entries(fields).map(([field, { type, doc }]) => toNamed(field, type, doc))
    }))
  }))
})
