import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryFolder } from '../../helpers/build.js'

/** They are not built: what runs is what stands in the repository. */
const scripts = (path: string) => new URL(`../../../../config/${path}`, import.meta.url).href
const { readNeeds, readVersionsNeeded } = await import(scripts('package/elf.mjs'))

const run = promisify(execFile)
const addon = `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`

t.test('what a binary needs is what objdump says', async t => {
  const listed = await run('objdump', ['-T', addon]).catch(() => undefined)
  if (listed === undefined) {
    t.comment('objdump is not installed')
    return
  }
  const versions = [...listed.stdout.matchAll(/\*UND\*.*\((\w+_[\d.]+)\)/g)].map(([, name]) => name)
  t.same([...new Set(await readVersionsNeeded(addon))].sort(), [...new Set(versions)].sort())
})

t.test('the newest of several needs is what counts, as numbers', async t => {
  const { glibc, gcc } = await readNeeds([process.execPath, addon])
  t.match(glibc, /^2\.\d+$/)
  t.match(gcc, /^\d+$/)
  const alone = await readNeeds([addon])
  t.ok(Number(glibc.slice(2)) >= Number(alone.glibc.slice(2)))
})

t.test('what is no such file is refused', async t => {
  const file = join(await temporaryFolder(t), 'text')
  await writeFile(file, 'not a program, but long enough to have a head of its own')
  await t.rejects(readVersionsNeeded(file), /is not a 64-bit little-endian ELF file/)
})
