/** Takes a Markdown file that a module imports as what the dashboard's own renderer makes of it. */
import { build } from 'esbuild'
import { readFile } from 'node:fs/promises'

/** The renderer is TypeScript, of the dashboard: it is bundled to be run here. */
async function loadRenderer() {
  const { outputFiles } = await build({
    entryPoints: ['public/format/markdown.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'warning'
  })
  const code = Buffer.from(outputFiles[0].contents).toString('base64')
  return import(`data:text/javascript;base64,${code}`)
}

export const guide = {
  name: 'guide',
  setup(build) {
    const renderer = loadRenderer()
    build.onLoad({ filter: /\.md$/ }, async ({ path }) => {
      const { renderMarkdown } = await renderer
      const rendered = renderMarkdown(await readFile(path, 'utf8'))
      return { contents: JSON.stringify(rendered), loader: 'json' }
    })
  }
}
