/**
 * `npm run release`: everything that must hold of a version before others get it, then its archive and Debian package
 * in dist/, and its tag. With `--dry-run` it checks all the same, and makes neither tag nor anything else that stays
 * but what `npm run package` makes. Nothing is pushed or published.
 */
import { parseArgs } from 'node:util'
import { checkArchive, checkNpmPackage } from './check-packed.mjs'
import { checkDocs, checkLock, checkTree, checkVersion } from './check-sources.mjs'
import { run } from '../package/run.mjs'
import { readManifest } from '../package/tree.mjs'

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } })
const dryRun = values['dry-run']
const { version } = await readManifest()

const steps = [
  ['nothing is uncommitted', checkTree],
  [`package.json, CHANGELOG.md and the tag say ${version}`, () => checkVersion(version)],
  ['the lock file is that of package.json', checkLock],
  ['no link of a document leads nowhere', checkDocs],
  ['the package for npm has all that its documents point to', checkNpmPackage],
  ['archive and Debian package are made', () => run('npm', ['run', '--silent', 'package'])],
  ['the archive starts and answers', () => checkArchive(version)]
]

let failures = 0
for (const [name, check] of steps) {
  try {
    await check()
    console.log(`ok      ${name}`)
  } catch (error) {
    failures++
    console.log(`FAILED  ${name}\n        ${error.message.trim().replaceAll('\n', '\n        ')}`)
  }
}
if (failures > 0) {
  console.error(`\n${version} cannot be released: ${failures} of ${steps.length} checks failed.`)
  process.exit(1)
}
if (dryRun) {
  console.log(`\n${version} can be released. Without --dry-run its tag would be made now.`)
} else {
  await run('git', ['tag', '--annotate', '--message', `Moonlet ${version}`, `v${version}`])
  console.log(
    `\nv${version} is tagged. What is left: \`git push --tags\`, the files of dist/, npm publish.`
  )
}
