/** Documents that leave the repository: every link leads to something in them, or to the repository on the web. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'

/** What people who installed Moonlet read, besides /docs and the dashboard. */
export const DOCS = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'plugins/README.md']

/** For the programs around it. */
export const EXAMPLES = ['config/nginx.conf', 'config/Caddyfile', 'config/moonlet-database.conf']

const LINK = /(!?)\[((?:[^\]\\]|\\.)*)\]\(([^)\s]+)\)/g
const isOutside = target => /^(https?:|mailto:)/.test(target)

/**
 * Links of a document of the repository that lead nowhere: files that do not exist (or are none of `among`, where
 * that is given), headings that nothing has. As texts for people.
 */
export async function findDeadLinks(file, among) {
  const dead = []
  for (const { target } of linksOf(await readFile(file, 'utf8'))) {
    const [path, heading] = target.split('#')
    const wanted = path === '' ? file : normalize(join(dirname(file), decodeURI(path)))
    const kind = await stat(wanted).catch(() => undefined)
    const isThere = among === undefined || path === '' || isAmong(wanted, among)
    if (kind === undefined || !isThere) dead.push(`${file}: ${target}`)
    else if (heading !== undefined && kind.isFile()) {
      const headings = headingsOf(await readFile(wanted, 'utf8'))
      if (!headings.has(heading)) dead.push(`${file}: ${target}`)
    }
  }
  return dead
}

const isAmong = (path, files) =>
  files.includes(path) || files.some(file => file.startsWith(`${path.replace(/\/$/, '')}/`))

/** The document's text, with links to what is not packed made links to this version on the web. */
export async function withLinksOut(file, packed, { repository, version }) {
  const dead = await findDeadLinks(file)
  if (dead.length > 0) throw new Error(`Links lead nowhere: ${dead.join('; ')}`)
  const text = await readFile(file, 'utf8')
  return outsideFences(text, part =>
    part.replace(LINK, (whole, image, label, target) => {
      if (isOutside(target) || target.startsWith('#')) return whole
      const [path, heading] = target.split('#')
      const wanted = normalize(join(dirname(file), path))
      if (packed.includes(wanted)) return whole
      const how = image === '!' ? 'raw' : path.endsWith('/') ? 'tree' : 'blob'
      const anchor = heading === undefined ? '' : `#${heading}`
      return `${image}[${label}](${repository}/${how}/v${version}/${wanted}${anchor})`
    })
  )
}

function linksOf(text) {
  const links = []
  outsideFences(text, part => {
    for (const [, , , target] of part.matchAll(LINK)) if (!isOutside(target)) links.push({ target })
    return part
  })
  return links
}

/** Applies `change` to what is neither a block of code nor code within a line. */
const outsideFences = (text, change) =>
  text
    .split(/(^ *```[\s\S]*?^ *```.*$|`[^`\n]+`)/m)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('')

/** The anchors that GitHub gives headings. */
function headingsOf(text) {
  const plain = text.replace(/^ *```[\s\S]*?^ *```.*$/gm, '')
  return new Set(
    [...plain.matchAll(/^#+ +(.*)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-')
    )
  )
}
