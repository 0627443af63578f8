/**
 * Makes a page of its source: `<!-- include FILE -->` becomes that file (relative to public/),
 * `{{name.js}}` the hashed address of that bundle. Blanks between lines go.
 */
import { readFile } from 'node:fs/promises'

async function include(file) {
  const text = await readFile(file, 'utf8')
  const parts = await Promise.all(
    text.split(/(<!-- include [^ ]+ -->)/).map(part => {
      const name = /^<!-- include ([^ ]+) -->$/.exec(part)?.[1]
      return name === undefined ? part : include(`public/${name}`)
    })
  )
  return parts.join('')
}

/** Without comments and without blanks at the ends of lines. */
const tidy = html =>
  html
    .replace(/<!--(?! include)[\s\S]*?-->/g, '')
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .join('\n')

/** A part of a page, as a module takes it. */
export const buildFragment = async file => tidy(await include(file))

/** The finished HTML. Throws when the page names a bundle that does not exist. */
export async function buildPage(file, names) {
  const html = tidy(await include(file))
  return (
    html.replace(/\{\{([\w.-]+)\}\}/g, (_, name) => {
      if (names[name] === undefined) {
        throw new Error(`${file} names {{${name}}}; there are ${Object.keys(names).join(', ')}`)
      }
      return names[name]
    }) + '\n'
  )
}
