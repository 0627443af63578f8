/** THIRD-PARTY.md: name, version, licence and its text of everything that is packed and not ours. */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LICENCE_FILE } from './modules.mjs'

/** What may be passed on together with code under the MIT licence, in a package of any kind. */
const FITTING = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense'
])

/** Whether an SPDX expression lets Moonlet choose licences that fit; anything unknown does not. */
export function fits(expression) {
  if (typeof expression !== 'string') return false
  const plain = expression.replace(/[()]/g, ' ').trim()
  // Without brackets that matter, `and` binds before `or`; a mixture with brackets is refused.
  if (/[()]/.test(expression.trim().replace(/^\((.*)\)$/, '$1'))) return false
  return plain
    .split(/\s+OR\s+/)
    .some(all => all.split(/\s+AND\s+/).every(id => FITTING.has(id.trim())))
}

/** Folders of packages whose files went into bundles. */
export const packagesOf = files => [
  ...new Set(files.flatMap(file => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
]

/** Throws, naming every package, when one is under a licence that does not fit. */
export async function describeThirdParty(folders) {
  const parts = []
  for (const folder of [...new Set(folders)].sort()) parts.push(await readPart(folder))
  const refused = parts.filter(({ licence }) => !fits(licence))
  if (refused.length > 0) {
    const list = refused.map(({ name, version, licence }) => `${name} ${version} (${licence})`)
    throw new Error(`These have licences that do not fit MIT: ${list.join(', ')}`)
  }
  parts.sort((a, b) => (a.heading < b.heading ? -1 : 1))
  const unique = parts.filter((part, i) => part.heading !== parts[i - 1]?.heading)
  return [
    '# What Moonlet contains of others',
    '',
    'Moonlet itself is under the MIT licence, in the file LICENSE. Parts of it come from others, each under its own ' +
      'licence. SQLite, within better-sqlite3, is in the public domain.',
    '',
    '| Part | Version | Licence |',
    '|---|---|---|',
    ...unique.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
    '',
    ...unique.flatMap(({ heading, text }) => [`## ${heading}`, '', fence(text), ''])
  ].join('\n')
}

async function readPart(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const { version } = manifest
  const name = /^node-linux-/.test(manifest.name) ? 'Node.js' : manifest.name
  const licence = manifest.license ?? manifest.licenses?.map(({ type }) => type).join(' OR ')
  const files = (await readdir(folder)).filter(file => LICENCE_FILE.test(file)).sort()
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  const text = texts.length > 0 ? texts.join('\n\n') : await standardText(manifest, licence)
  return { heading: `${name} ${version}`, name, version, licence, text }
}

/** Some packages name their licence and leave its text out; all of those are MIT. */
async function standardText({ name, author, contributors }, licence) {
  if (licence !== 'MIT') throw new Error(`${name} has no text of its licence (${licence})`)
  const [who = `the authors of ${name}`] = [author, ...(contributors ?? [])]
    .filter(Boolean)
    .map(person => (typeof person === 'string' ? person.replace(/\s*[<(].*$/, '') : person.name))
  const ours = await readFile('LICENSE', 'utf8')
  return ours.replace(/^Copyright .*$/m, `Copyright (c) ${who}`)
}

/** As it is, whatever it contains. */
function fence(text) {
  const longest = Math.max(
    2,
    ...[...text.matchAll(/^ *(`{3,})/gm)].map(([, marks]) => marks.length)
  )
  const marks = '`'.repeat(longest + 1)
  return `${marks}text\n${text.replaceAll('\r', '').trimEnd()}\n${marks}`
}
