/** Modules that are no globals: `local words = require("greeter_words")` makes `words` stand for one of them. */
const requirement = /\blocal\s+([A-Za-z_]\w*)\s*=\s*require\s*\(?\s*(["'])([^"'\n]+)\2/g

/** The statement that loads a module under its own name. */
export const requireLine = (module: string): string => `local ${module} = require("${module}")`

/** The module that a local name of this code stands for; undefined when the code requires nothing under that name. */
export function findRequired (code: string, local: string): string | undefined {
  const uncommented = code.replace(/--[^\n]*/g, '')
  return [...uncommented.matchAll(requirement)].findLast(([, name]) => name === local)?.[3]
}

/** True when the code loads the module under whatever name. */
export function isRequired (code: string, module: string): boolean {
  return [...code.replace(/--[^\n]*/g, '').matchAll(requirement)].some(([, , , name]) => name === module)
}
