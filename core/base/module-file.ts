/** The file of a shared module, below the folder of modules: Lua's messages call it so, and the CLI keeps it there. */

const NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/
const EXTENSION = '.lua'

/** Identifiers, joined by dots. */
export const isModuleName = (name: string): boolean => NAME.test(name)

/** Such as `shop/prices.lua` of `shop.prices`. */
export const moduleFile = (name: string): string => `${name.replaceAll('.', '/')}${EXTENSION}`

/** The module whose file that is; undefined: of none. */
export function moduleOfFile(file: string): string | undefined {
  if (!file.endsWith(EXTENSION)) return undefined
  const path = file.slice(0, -EXTENSION.length)
  const name = path.replaceAll('/', '.')
  return path.includes('.') || !isModuleName(name) ? undefined : name
}
