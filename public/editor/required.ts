/** Modules that are not globals: `local words = require("greeter_words")` makes `words` stand for one of them. */
const requirement = /\blocal\s+([A-Za-z_]\w*)\s*=\s*require\s*\(?\s*(["'])([^"'\n]+)\2/g

/** What a module is called in code: its own name, or the last part of that. */
export const localName = (module: string): string => module.slice(module.lastIndexOf('.') + 1)

/** The statement that loads a module. */
export const requireLine = (module: string): string =>
  `local ${localName(module)} = require("${module}")`

interface Requirement {
  readonly local: string
  readonly module: string
}

const findRequirements = (code: string): Requirement[] =>
  [...code.replace(/--[^\n]*/g, '').matchAll(requirement)].map(([, local = '', , module = '']) => ({
    local,
    module
  }))

/** The module that a local name of this code stands for; undefined when the code requires nothing under that name. */
export const findRequired = (code: string, name: string): string | undefined =>
  findRequirements(code).findLast(({ local }) => local === name)?.module

/** True when the code loads the module under any name. */
export const isRequired = (code: string, name: string): boolean =>
  findRequirements(code).some(({ module }) => module === name)
