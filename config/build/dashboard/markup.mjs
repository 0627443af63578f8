/** Takes an HTML file that a module imports as text, with what it includes. */
import path from 'node:path'
import { buildFragment } from './page.mjs'

export const markup = {
  name: 'markup',
  setup(build) {
    build.onLoad({ filter: /\.html$/ }, async ({ path: file }) => ({
      contents: await buildFragment(path.relative('.', file)),
      loader: 'text'
    }))
  }
}
