import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { startEnvironment } from '../helpers/start-environment.js'

const run = promisify(execFile)
const unit = fileURLToPath(new URL('../../../config/moonlet.service', import.meta.url))
const missing = await run('systemd-analyze', ['--version']).then(
  () => false,
  () => 'systemd-analyze is not installed'
)

t.test('systemd finds nothing to say about the unit', { skip: missing }, async t => {
  t.same(await run('systemd-analyze', ['verify', unit]), { stdout: '', stderr: '' })
})

t.test('the unit leaves an attacker little: 2.5 or better', { skip: missing }, async t => {
  const { stdout } = await run('systemd-analyze', [
    'security',
    '--offline=true',
    '--threshold=25',
    '--no-pager',
    unit
  ])
  const level = Number(/Overall exposure level for moonlet\.service: ([\d.]+)/.exec(stdout)?.[1])
  t.ok(level <= 2.5, `exposure is ${level}`)
})

t.test('the unit starts a file that the build makes', async t => {
  const text = await readFile(unit, 'utf8')
  t.match(text, /^ExecStart=\/bin\/sh \/opt\/moonlet\/dist\/core\/moonlet\.sh serve$/m)
  await t.resolves(access(new URL('../../core/moonlet.sh', import.meta.url), constants.X_OK))
})

t.test(
  'the unit and `npm start` start the same launcher, which tells allocator and V8 to keep little',
  async t => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
      scripts: Record<string, string>
    }
    t.match(scripts.start, /exec dist\/core\/moonlet\.sh$/)
    t.same(startEnvironment, {
      MALLOC_MMAP_THRESHOLD_: '131072',
      NODE_OPTIONS: '--max-semi-space-size=16'
    })
  }
)
