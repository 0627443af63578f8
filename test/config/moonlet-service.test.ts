import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { startEnvironment } from '../helpers/start-environment.js'

const run = promisify(execFile)
const unit = fileURLToPath(new URL('../../../config/moonlet.service', import.meta.url))
const missing = await run('systemd-analyze', ['--version']).then(() => false, () => 'systemd-analyze is not installed')

t.test('systemd finds nothing to say about the unit', { skip: missing }, async t => {
  t.same(await run('systemd-analyze', ['verify', unit]), { stdout: '', stderr: '' })
})

t.test('the unit leaves an attacker little: 2.5 or better', { skip: missing }, async t => {
  const { stdout } = await run('systemd-analyze', ['security', '--offline=true', '--threshold=25', '--no-pager', unit])
  const level = Number(/Overall exposure level for moonlet\.service: ([\d.]+)/.exec(stdout)?.[1])
  t.ok(level <= 2.5, `exposure is ${level}`)
})

t.test('the unit starts a file that the build makes', async t => {
  const text = await readFile(unit, 'utf8')
  t.match(text, /^ExecStart=.*\/dist\/core\/main\.js$/m)
  await t.resolves(readFile(new URL('../../core/main.js', import.meta.url)))
})

t.test('the unit and `npm start` tell the allocator the same', async t => {
  const text = await readFile(unit, 'utf8')
  t.same(startEnvironment, { MALLOC_MMAP_THRESHOLD_: '131072' })
  for (const [name, value] of Object.entries(startEnvironment)) t.match(text, `\nEnvironment=${name}=${value}\n`)
})
