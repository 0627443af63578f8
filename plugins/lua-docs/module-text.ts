/** One module's part of /llms.txt. */
import type { LuaFunctionDeclaration, LuaModule } from '../../core/lua/module.js'
import { signatureText } from '../../core/lua/signature.js'
import { limitsText, typeText } from '../../core/lua/types/declared.js'
import { isOptional, withoutOptional } from '../../core/lua/types/optional.js'
import type { LuaType } from '../../core/lua/types/declare.js'
import { recordTypes, type NamedRecord } from './record-types.js'

export const code = (text: string): string => `\`\`\`lua\n${text}\n\`\`\``

/** Markdown: what the module is for, each function with its parameters and an example, and the tables they use. */
export const moduleText = (module: LuaModule): string =>
  [
    `### ${module.name}`,
    module.doc,
    ...(module.source === undefined
      ? []
      : [`Not global; load it with \`local ${module.name} = require("${module.name}")\`.`]),
    ...Object.entries(module.functions).map(([name, declared]) =>
      functionText(module.name, name, declared)
    ),
    ...recordTypes(module).map(recordText)
  ].join('\n\n')

function functionText(module: string, name: string, declared: LuaFunctionDeclaration): string {
  const returned = declared.returnDoc === undefined ? [] : [`- returns: ${declared.returnDoc}`]
  const items = [
    ...declared.params.map(({ name, type, doc }) => item(name, type, doc, limits(type))),
    ...returned
  ]
  return [
    `#### \`${signatureText(module, name, declared)}\``,
    declared.doc,
    ...(items.length > 0 ? [items.join('\n')] : []),
    code(declared.example)
  ].join('\n\n')
}

const recordText = ({ name, fields }: NamedRecord): string =>
  [
    `Table \`${name}\`:`,
    Object.entries(fields)
      .map(([field, { type, doc }]) => item(field, type, doc, ''))
      .join('\n')
  ].join('\n\n')

const item = (name: string, type: LuaType, doc: string, more: string): string =>
  `- \`${name}\` (${typeText(withoutOptional(type))}${isOptional(type) ? ', optional' : ''}${more}): ${doc}`

/** The bounds that an argument is held to. */
function limits(type: LuaType): string {
  const text = limitsText(withoutOptional(type))
  return text === undefined ? '' : `, ${text}`
}
