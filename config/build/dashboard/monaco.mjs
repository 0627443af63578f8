/**
 * An esbuild plugin that bundles Monaco as it is, but for one module: Monaco writes `<style>` elements, which the
 * page's Content-Security-Policy forbids, so public/editor/style-sheets.ts stands in its place. The build fails when
 * Monaco has no such module any more, because the editor would be shown without colours.
 */
import { readFile } from 'node:fs/promises'

const replaced = 'base/browser/domStylesheets.js'
const replacement = 'public/editor/style-sheets.ts'

export const constructedStyleSheets = {
  name: 'constructed-style-sheets',
  setup(build) {
    let isReplaced = false
    build.onStart(() => {
      isReplaced = false
    })
    build.onLoad(
      { filter: /monaco-editor[/\\]esm[/\\]vs[/\\]base[/\\]browser[/\\]domStylesheets\.js$/ },
      async () => {
        isReplaced = true
        return { contents: await readFile(replacement, 'utf8'), loader: 'ts' }
      }
    )
    build.onEnd(() => {
      if (isReplaced) return
      return { errors: [{ text: `Monaco has no ${replaced}, which ${replacement} stands in for` }] }
    })
  }
}
