/**
 * Compiles Lua of ours while the sandbox's child is bundled: sandbox/lua/precompiled.ts is bundled and called here, and
 * what it gives stands in its place as text.
 */
import { build } from 'esbuild'
import path from 'node:path'
import { runInThisContext } from 'node:vm'

const entry = `
export { toText } from './compiler/code-text.js'
export { precompiled } from './precompiled.js'
export { sources } from './precompiled-sources.js'
`

/** `settings`: how the child is bundled, without this plugin. */
export const precompiledPlugin = settings => ({
  name: 'precompiled',
  setup(building) {
    building.onLoad({ filter: /sandbox\/lua\/precompiled\.ts$/ }, async ({ path: file }) => ({
      contents: `
        import { fromText } from './compiler/code-text.js'
        const texts = ${JSON.stringify(await compileAll(settings, path.dirname(file)))}
        export const precompiled = name => fromText(texts[name])`,
      loader: 'js'
    }))
  }
})

async function compileAll(settings, folder) {
  const { outputFiles } = await build({
    ...settings,
    stdin: { contents: entry, resolveDir: folder },
    write: false
  })
  const module = { exports: {} }
  runInThisContext(`(function (module, exports) {${outputFiles[0].text}\n})`)(
    module,
    module.exports
  )
  const { precompiled, sources, toText } = module.exports
  return Object.fromEntries(Object.keys(sources).map(name => [name, toText(precompiled(name))]))
}
