/** Which of Monaco's several hundred icons the editor's bundle shows, and its table of icons and font without the rest. */
import { build } from 'esbuild'
import { readFile } from 'node:fs/promises'

const line = /^ {4}(\w+): register\('([\w-]+)', (?:0x([0-9a-f]+)|'([\w-]+)')\),(?: \/\/.*)?$/gm

/** The entries of a table in Monaco's sources: the name in code, the id in styles, and the character or the id of another. */
const readTable = source =>
  [...source.matchAll(line)].map(([text, name, id, character, other]) => ({
    text,
    name,
    id,
    other,
    character: character && parseInt(character, 16)
  }))

/** Names and ids of icons that occur in what is left after unused code has gone. */
export async function findIcons(options) {
  const { metafile } = await build({ ...options, minify: false, metafile: true, write: false })
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const sources = await Promise.all(
    inputs
      .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && path.endsWith('.js'))
      .map(([path]) => readFile(path, 'utf8'))
  )
  return new Set(
    sources.flatMap(source =>
      [...source.matchAll(/\bCodicon\.(\w+)|\bcodicon-([a-z][\w-]*)/g)].map(
        ([, name, id]) => name ?? id
      )
    )
  )
}

/** The table of icons (codiconsLibrary.js) with those that are used, or that the derived ones (codicons.js) stand on. */
export function cutTable(library, derived, used) {
  const others = new Set(readTable(derived).map(({ other }) => other))
  const entries = readTable(library)
  if (entries.length === 0 || others.size < 2) {
    throw new Error(
      'Monaco writes its table of icons in another way: see config/build/dashboard/codicons.mjs'
    )
  }
  const kept = entries.filter(({ name, id }) => used.has(name) || used.has(id) || others.has(id))
  const characters = [...kept, ...readTable(derived)].flatMap(({ character }) => character ?? [])
  const start = library.indexOf(entries[0].text)
  const last = entries.at(-1).text
  return {
    characters,
    source:
      library.slice(0, start) +
      kept.map(({ text }) => text).join('\n') +
      library.slice(library.indexOf(last) + last.length)
  }
}
