/** `/moonlet.lua`: definitions for the Lua language server, so that people's own editors complete and check. */
import type { LuaFunctionDeclaration, LuaModule } from '../../core/lua/module.js'
import { callName } from '../../core/lua/signature.js'
import { parameterText, typeText } from '../../core/lua/types/declared.js'
import { isOptional, optionalMark, withoutOptional } from '../../core/lua/types/optional.js'
import { inBrackets } from '../../core/lua/types/print.js'
import { handlerDefinitions } from './handler-definitions.js'
import { recordTypes, type NamedRecord } from './record-types.js'

/** A file that begins with `---@meta`: read by editors, never run. */
export const definitionsText = (modules: readonly LuaModule[]): string =>
  [
    `---@meta\n\n${comment("Definitions of Moonlet's Lua APIs for the Lua language server.")}`,
    handlerDefinitions,
    ...modules.map(moduleDefinitions),
    ...requireDefinition(modules)
  ].join('\n\n') + '\n'

const moduleDefinitions = (module: LuaModule): string =>
  [
    ...recordTypes(module).map(recordClass),
    comment(module.doc) + classDefinition(module),
    ...Object.entries(module.functions).map(([name, declared]) =>
      functionDefinition(module.name, name, declared)
    )
  ].join('\n\n')

const classDefinition = ({ name, source }: LuaModule): string =>
  `\n---@class moonlet.${name}\n${source === undefined ? '' : 'local '}${name} = {}`

/** Modules written in Lua are not globals: what `require` gives for each name. */
function requireDefinition(modules: readonly LuaModule[]): string[] {
  const overloads = modules
    .filter(({ source }) => source !== undefined)
    .map(({ name }) => `---@overload fun(name: "${name}"): moonlet.${name}`)
  return overloads.length === 0
    ? []
    : [
        [
          ...overloads,
          '---@param name string',
          '---@return any',
          'function require (name) end'
        ].join('\n')
      ]
}

const comment = (text: string): string =>
  text
    .split('\n')
    .map(line => `---${line}`)
    .join('\n')
const oneLine = (text: string): string => text.replaceAll('\n', ' ')

const recordClass = ({ name, fields }: NamedRecord): string =>
  [
    `---@class ${name}`,
    ...Object.entries(fields).map(
      ([field, { type, doc }]) =>
        `---@field ${field}${optionalMark(type)} ${typeText(withoutOptional(type))} ${oneLine(doc)}`
    )
  ].join('\n')

function functionDefinition(
  module: string,
  name: string,
  declared: LuaFunctionDeclaration
): string {
  const { doc, params, returns, returnDoc = '', fails, example } = declared
  const result =
    fails === true || isOptional(returns)
      ? `${inBrackets(typeText(withoutOptional(returns)))}?`
      : typeText(returns)
  const call = callName(module, name)
  if (declared.place === 'local' && declared.isValue === true) {
    const text = comment(`${doc}\n\`\`\`lua\n${example}\n\`\`\``)
    return [text, `---@type ${typeText(returns)}`, `${call} = {}`].join('\n')
  }
  const names = params.map(param => param.name).join(', ')
  return [
    comment(`${doc}\n\`\`\`lua\n${example}\n\`\`\``),
    ...params.map(
      ({ name, type, doc }) =>
        `---@param ${name}${optionalMark(type)} ${parameterText(withoutOptional(type))} ${oneLine(doc)}`
    ),
    ...(returns.kind === 'nil' && fails !== true
      ? []
      : [`---@return ${result}${returnDoc === '' ? '' : ` # ${oneLine(returnDoc)}`}`]),
    ...(fails === true ? ['---@return string? err # What went wrong; nil on success.'] : []),
    call.endsWith(']') ? `${call} = function (${names}) end` : `function ${call} (${names}) end`
  ].join('\n')
}
