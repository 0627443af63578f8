/**
 * Puts our modules in the place of Fengari's while the sandbox's child is bundled. Only Fengari's parser and code
 * generator remain; what they need of the rest comes from sandbox/lua/compiler. The build fails when
 * Fengari is not exactly the version this was made for, or when a patched spot is not found as often as expected.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'

const VERSION = '0.1.5'
const ours = path.resolve('sandbox/lua/compiler')

/** Fengari's modules that are ours in the bundle. */
const SUBSTITUTED = ['defs', 'ldo', 'lfunc', 'llex', 'lobject', 'lstring', 'ltable', 'lvm']
/** Fengari's modules that stay as they are, but for these changes: text, its replacement, how often it occurs. */
const KEPT = new Map([
  ['lparser', [['JS levels', 'C levels', 2]]],
  ['lcode', []],
  ['lopcodes', []],
  ['llimits', []]
])

const require = createRequire(import.meta.url)

/** The source with every change made; throws where one is not found exactly as often as it says. */
export function patchSource(name, source, patches) {
  return patches.reduce((text, [before, after, times]) => {
    const pieces = text.split(before)
    if (pieces.length !== times + 1) {
      throw new Error(
        `fengari's ${name}.js has "${before}" ${pieces.length - 1} times, not ${times}`
      )
    }
    return pieces.join(after)
  }, source)
}

/** Throws for any version but the one the substitutions were made for. */
export function checkVersion(version) {
  if (version !== VERSION) {
    throw new Error(`the sandbox is made for fengari ${VERSION}, but ${version} is installed`)
  }
}

export const fengariPlugin = {
  name: 'fengari',
  async setup(build) {
    const manifest = require.resolve('fengari/package.json')
    const { version } = JSON.parse(await readFile(manifest, 'utf8'))
    checkVersion(version)
    const sources = path.join(path.dirname(manifest), 'src')
    await Promise.all(
      [...SUBSTITUTED, ...KEPT.keys()].map(name => readFile(path.join(sources, `${name}.js`)))
    )

    build.onResolve({ filter: /^\.\/\w+\.js$/ }, ({ path: request, importer }) => {
      if (path.dirname(importer) !== sources) return undefined
      const name = path.basename(request, '.js')
      if (SUBSTITUTED.includes(name)) return { path: path.join(ours, `${name}.ts`) }
      if (KEPT.has(name)) return undefined
      throw new Error(
        `fengari's ${path.basename(importer)} wants ${name}.js, which has no place in the sandbox`
      )
    })
    build.onLoad({ filter: /[\\/]fengari[\\/]src[\\/]\w+\.js$/ }, async ({ path: file }) => {
      const name = path.basename(file, '.js')
      const patches = KEPT.get(name)
      if (patches === undefined) throw new Error(`fengari's ${name}.js has no place in the sandbox`)
      const contents = patchSource(name, await readFile(file, 'utf8'), patches)
      return { contents, loader: 'js' }
    })
  }
}
