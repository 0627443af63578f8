/**
 * An esbuild plugin that keeps parts of Monaco out of the bundle which the dashboard never reaches, and puts
 * editor/style-sheets.ts in the place of Monaco's style elements. Monaco's version is pinned exactly; a path
 * that is not met fails the build, so that an update cannot go wrong silently.
 */
import { readFile } from 'node:fs/promises'

/** Each exports classes that are only made by features left out (or switched off in editor/options.ts). */
const unreached = [
  'editor/browser/widget/multiDiffEditor/multiDiffEditorWidget.js',
  'editor/browser/viewParts/viewLinesGpu/viewLinesGpu.js',
  'editor/browser/viewParts/rulersGpu/rulersGpu.js',
  'editor/browser/gpu/viewGpuContext.js',
  'editor/common/model/tokens/treeSitter/treeSitterSyntaxTokenBackend.js',
  'editor/contrib/colorPicker/browser/hoverColorPicker/hoverColorPickerParticipant.js',
  'base/browser/ui/selectBox/selectBoxCustom.js',
  'platform/quickinput/browser/quickInputController.js'
]
const styleSheets = 'base/browser/domStylesheets.js'
const inMonaco = '/monaco-editor/esm/vs/'

/** A module with the same exports, all of them empty classes. */
function hollow (source, path) {
  const list = /export \{([^}]*)\};?\s*$/.exec(source)?.[1]
  if (list === undefined) throw new Error(`${path} has no list of exports at its end any more`)
  return list.split(',').map(name => `export class ${name.trim().split(' as ').pop()} {}`).join('\n')
}

/** The plugin; one for each build. */
export function withoutUnused () {
  return {
    name: 'monaco',
    setup (build) {
      const met = new Set()
      build.onStart(() => met.clear())
      build.onLoad({ filter: /monaco-editor[/\\]esm[/\\]vs[/\\].*\.js$/ }, async ({ path }) => {
        const part = path.replaceAll('\\', '/').split(inMonaco).pop()
        if (part === styleSheets) {
          met.add(part)
          return { contents: await readFile('public/editor/style-sheets.ts', 'utf8'), loader: 'ts' }
        }
        if (!unreached.includes(part)) return
        met.add(part)
        return { contents: hollow(await readFile(path, 'utf8'), part) }
      })
      build.onEnd(() => {
        const gone = [...unreached, styleSheets].filter(part => !met.has(part))
        return gone.length === 0 ? undefined : { errors: [{ text: `Monaco has no ${gone.join(', ')}: see public/build/monaco.mjs` }] }
      })
    }
  }
}
