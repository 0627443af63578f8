/**
 * An esbuild plugin that keeps parts of Monaco out of the bundle which the dashboard never reaches, and puts
 * editor/style-sheets.ts in the place of Monaco's style elements. Monaco's version is pinned exactly; a path
 * that is not met fails the build, so that an update cannot go wrong silently.
 */
import { readFile } from 'node:fs/promises'
import { cutTable, findIcons } from './codicons.mjs'
import { cutFont } from './font.mjs'

/** Each exports classes that are only made by features left out (or switched off in editor/options.ts). */
const unreached = [
  'base/browser/ui/selectBox/selectBoxCustom.js',
  'base/browser/ui/tree/abstractTree.js',
  'base/browser/ui/tree/asyncDataTree.js',
  'base/browser/ui/tree/dataTree.js',
  'base/browser/ui/tree/objectTree.js',
  'base/common/observableInternal/logging/debugger/devToolsLogger.js',
  'editor/browser/controller/editContext/native/nativeEditContext.js',
  'editor/browser/gpu/viewGpuContext.js',
  'editor/browser/viewParts/rulersGpu/rulersGpu.js',
  'editor/browser/viewParts/viewLinesGpu/viewLinesGpu.js',
  'editor/browser/widget/multiDiffEditor/multiDiffEditorWidget.js',
  'editor/common/model/tokens/treeSitter/treeSitterSyntaxTokenBackend.js',
  'editor/common/services/unicodeTextModelHighlighter.js',
  'editor/contrib/codeAction/browser/codeActionController.js',
  'editor/contrib/colorPicker/browser/hoverColorPicker/hoverColorPickerParticipant.js',
  'editor/contrib/dropOrPasteInto/browser/copyPasteController.js',
  'editor/contrib/gotoSymbol/browser/link/goToDefinitionAtPosition.js',
  'editor/contrib/inlayHints/browser/inlayHintsHover.js',
  'editor/contrib/inlineCompletions/browser/hintsWidget/inlineCompletionsHintsWidget.js',
  'platform/quickinput/browser/quickInputController.js'
]
const inMonaco = '/monaco-editor/esm/vs/'
const part = path => path.replaceAll('\\', '/').split(inMonaco).pop()

/** A module with the same exports, all of them empty classes; `get` finds contributions of an editor, of which there are none. */
function hollow(source, path) {
  const list = /export \{([^}]*)\};?\s*$/.exec(source)?.[1]
  if (list === undefined) throw new Error(`${path} has no list of exports at its end any more`)
  return list
    .split(',')
    .map(
      name => `export class ${name.trim().split(' as ').pop()} { static get () { return null } }`
    )
    .join('\n')
}

/** Tables of look-alike and invisible characters for a warning that is not among the features. */
function withoutLookAlikes(source) {
  const table = /JSON\.parse\('\{\\"_common\\":.*'\)/g
  if (source.match(table)?.length !== 2) {
    throw new Error(
      'base/common/strings.js has other tables: see config/build/dashboard/monaco.mjs'
    )
  }
  return source.replace(table, '{ _common: [], _default: [] }')
}

/** What is put in the place of a module's source. */
const changes = {
  'base/browser/domStylesheets.js': () => readFile('public/editor/style-sheets.ts', 'utf8'),
  'base/common/strings.js': async path => withoutLookAlikes(await readFile(path, 'utf8')),
  ...Object.fromEntries(
    unreached.map(name => [name, async path => hollow(await readFile(path, 'utf8'), name)])
  )
}
const library = 'base/common/codiconsLibrary.js'
const font = 'base/browser/ui/codicons/codicon/codicon.ttf'

function replaceModules(changes) {
  return {
    name: 'monaco',
    setup(build) {
      const met = new Set()
      build.onStart(() => met.clear())
      build.onLoad(
        { filter: /monaco-editor[/\\]esm[/\\]vs[/\\].*\.(js|ttf)$/ },
        async ({ path }) => {
          const change = changes[part(path)]
          if (change === undefined) return
          met.add(part(path))
          return { contents: await change(path), loader: path.endsWith('.ttf') ? 'file' : 'ts' }
        }
      )
      build.onEnd(() => {
        const gone = Object.keys(changes).filter(name => !met.has(name))
        return gone.length === 0
          ? undefined
          : {
              errors: [
                { text: `Monaco has no ${gone.join(', ')}: see config/build/dashboard/monaco.mjs` }
              ]
            }
      })
    }
  }
}

/** The plugins for bundles of Monaco that esbuild makes with `options`: without what is not reached, and without the icons of it. */
export async function withoutUnused(options) {
  const used = await findIcons({ ...options, plugins: [replaceModules(changes)] })
  const cut = async path =>
    cutTable(
      await readFile(path, 'utf8'),
      await readFile(path.replace(/Library(?=\.js$)/, ''), 'utf8'),
      used
    )
  const libraryPath = `node_modules${inMonaco}${library}`
  const { characters } = await cut(libraryPath)
  return [
    replaceModules({
      ...changes,
      [library]: async path => (await cut(path)).source,
      [font]: async path => cutFont(await readFile(path), characters)
    })
  ]
}
