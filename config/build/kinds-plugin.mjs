/**
 * Leaves out of the sandbox's bundle what only the server uses of each kind of Lua type. The list of kinds exports
 * whole files (see core/lua/types/kinds.ts), which a bundler must keep whole because they are looked up by name; in
 * the bundle it exports the check of arguments only, and the rest is dropped as unused.
 */
import { readFile } from 'node:fs/promises'

const LINE = /^export \* as (\w+) from '(\.\/[\w-]+\.js)'$/gm

/** The list with the named part of each kind only. */
export const onlyPart = (source, part) =>
  source.replace(
    LINE,
    (_, kind, file) => `import { ${part} as ${kind}Part } from '${file}'
export const ${kind} = { ${part}: ${kind}Part }`
  )

export const kindsPlugin = {
  name: 'kinds',
  setup(build) {
    build.onLoad({ filter: /core\/lua\/types\/kinds\.ts$/ }, async ({ path }) => ({
      contents: onlyPart(await readFile(path, 'utf8'), 'argument'),
      loader: 'ts'
    }))
  }
}
