/** What a release wants of the checkout itself. Every check throws what is wrong, and what to do about it. */
import { readFile } from 'node:fs/promises'
import { findDeadLinks } from '../package/docs.mjs'
import { run } from '../package/run.mjs'

export async function checkTree() {
  const changed = (await run('git', ['status', '--porcelain'])).trim()
  if (changed !== '') throw new Error(`Commit or remove these:\n${changed}`)
}

/** The version is the topmost in the CHANGELOG, dated, and has no tag yet, or one of this commit. */
export async function checkVersion(version) {
  const changelog = await readFile('CHANGELOG.md', 'utf8')
  const [heading] = /^## .*$/m.exec(changelog) ?? ['no heading']
  const [, name, date] = /^## \[([^\]]+)\](?:: (\d{4}-\d{2}-\d{2}))?$/.exec(heading) ?? []
  if (name !== version || date === undefined) {
    throw new Error(
      `package.json says ${version}, and CHANGELOG.md begins with "${heading}". ` +
        `It must be "## [${version}]: " and the date.`
    )
  }
  const readme = await readFile('README.md', 'utf8')
  const others = [...readme.matchAll(/\bmoonlet[-_](\d+\.\d+\.\d+)/g)].filter(
    ([, named]) => named !== version
  )
  if (others.length > 0) throw new Error(`README.md has commands with ${others[0][0]}`)
  const tagged = (await run('git', ['tag', '--list', `v${version}`])).trim()
  if (tagged === '') return
  const [ofTag, ofHead] = await Promise.all(
    [`v${version}^{commit}`, 'HEAD'].map(revision => run('git', ['rev-parse', revision]))
  )
  if (ofTag !== ofHead) throw new Error(`v${version} is the tag of another commit: ${ofTag.trim()}`)
}

/** Without asking the network: the root entry of the lock file repeats what package.json asks for. */
export async function checkLock() {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'))
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const root = lock.packages['']
  const wrong = []
  for (const field of ['version', 'dependencies', 'optionalDependencies', 'devDependencies']) {
    if (toSorted(manifest[field]) !== toSorted(root[field])) wrong.push(field)
  }
  if (wrong.length > 0) {
    throw new Error(
      `package-lock.json has other ${wrong.join(', ')}: npm install, then npm run lock`
    )
  }
}

const toSorted = value =>
  JSON.stringify(typeof value === 'object' ? Object.entries(value).sort() : value)

/** Of all documents that are kept in git. */
export async function checkDocs() {
  const files = (await run('git', ['ls-files', '-z', '*.md'])).split('\0').filter(Boolean)
  const dead = (await Promise.all(files.map(file => findDeadLinks(file)))).flat()
  if (dead.length > 0) throw new Error(dead.join('\n'))
}
