import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../helpers/build.js'

const runner = fileURLToPath(new URL('../../../config/test/main.mjs', import.meta.url))
const tap = import.meta.resolve('tap')
const passing = `import t from '${tap}'\nt.test('holds', async t => t.equal(1, 1))\n`
const failing = `import t from '${tap}'\nt.test('does not hold', async t => t.equal(1, 2, 'sums'))\n`

/** Runs the runner in a folder with these files; gives its exit code and what it printed. */
async function run(t: Test, files: Record<string, string>, ...args: string[]) {
  const cwd = await temporaryFolder(t)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true })
    await writeFile(join(cwd, name), text)
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH }
  })
  return { status, stdout, stderr }
}

t.test(
  'all tests run when no path is given, and the exit code tells whether they passed',
  async t => {
    const sound = await run(t, {
      'dist/test/a.test.js': passing,
      'dist/test/b/c.test.js': passing,
      'dist/test/chaos/overload.test.js': passing
    })
    t.equal(sound.status, 0, sound.stdout + sound.stderr)
    t.match(sound.stdout, /^ok +test\/chaos\/overload\.test\.ts \(1 passed/m)
    t.match(sound.stdout, /^3 passed, 0 failed, 0 skipped/m)
    const unsound = await run(t, { 'dist/test/a.test.js': passing, 'dist/test/b.test.js': failing })
    t.equal(unsound.status, 1)
    t.match(unsound.stdout, /^FAILED test\/b\.test\.ts \(0 passed/m)
    t.match(unsound.stdout, /not ok 1 - sums\n +---\n(.*\n)* +\.\.\./, 'with what was found')
    t.match(unsound.stdout, /^1 passed, 1 failed, 0 skipped/m)
  }
)

t.test('a file that ends early has failed, however much of it passed', async t => {
  const files = {
    'dist/test/code.test.js': `${passing}process.on('exit', () => { process.exitCode = 3 })`,
    'dist/test/killed.test.js': `${passing}process.kill(process.pid, 'SIGKILL')`,
    'dist/test/silent.test.js': '// no test',
    'dist/test/throws.test.js': `throw new Error('no such thing')\n${passing}`
  }
  const printed = await run(t, files)
  t.equal(printed.status, 1)
  t.strictSame(printed.stdout.match(/^FAILED test\/\w+(?=\.test\.ts \()/gm)?.toSorted(), [
    'FAILED test/code',
    'FAILED test/killed',
    'FAILED test/silent',
    'FAILED test/throws'
  ])
  t.match(printed.stdout, /Error: no such thing/, 'with what it wrote to stderr')
  const document = await run(t, files, '--reporter=tap', '--jobs=1')
  t.equal(document.status, 1)
  t.strictSame(document.stdout.match(/^(not )?ok \d+ - dist\/test\/\w+/gm), [
    'not ok 1 - dist/test/code',
    'not ok 2 - dist/test/killed',
    'not ok 3 - dist/test/silent',
    'not ok 4 - dist/test/throws'
  ])
})

t.test('paths of sources, tests, built tests and folders name tests', async t => {
  const printing = `console.log('ok 1\\n1..1\\n# { total: 1, pass: 1 }')`
  const files = {
    'dist/test/core/x.test.js': printing,
    'dist/test/core/cron/y.test.js': printing,
    'dist/test/z.test.js': printing
  }
  const x = ['test/core/x.test.ts']
  const y = ['test/core/cron/y.test.ts']
  for (const [path, wanted] of [
    ['core/x.ts', x],
    ['test/core/x.test.ts', x],
    ['./dist/test/core/x.test.js', x],
    ['core/cron', y],
    ['test/core/cron/', y],
    ['test', [...y, ...x, 'test/z.test.ts']]
  ] as const) {
    const { stdout } = await run(t, files, path, '--jobs=1')
    const ran = Array.from(stdout.matchAll(/^ok +(\S+)/gm), match => match[1])
    t.strictSame(ran, wanted, path)
  }
  const { status, stderr } = await run(t, files, 'core/none.ts')
  t.equal(status, 2)
  t.equal(
    stderr,
    'There is no test for core/none.ts. Is it built (npm run build -- --tests)?\n',
    'a path without tests is an error, not a run that passes'
  )
})

t.test('the TAP reporter makes one document of all files', async t => {
  const files = { 'dist/test/a.test.js': passing, 'dist/test/b.test.js': failing }
  const { status, stdout } = await run(t, files, '--reporter=tap', '--jobs=1')
  t.equal(status, 1)
  t.match(stdout, /^TAP version 14\n# Subtest: dist\/test\/a\.test\.js\n {4}# Subtest: holds\n/)
  t.match(stdout, /^ok 1 - dist\/test\/a\.test\.js # time=\d+ms\n/m)
  t.match(stdout, /^ {8}not ok 1 - sums\n/m)
  t.match(stdout, /^not ok 2 - dist\/test\/b\.test\.js /m)
  t.match(stdout, /\n1\.\.2\n# \{ total: 2, pass: 1, fail: 1, skip: 0 \}\n$/)
})

t.test(
  'with --again what failed among others runs once more, alone, and that run counts',
  async t => {
    const unsteady = `import { existsSync, writeFileSync } from 'node:fs'
import t from '${tap}'
const ranBefore = existsSync('ran')
writeFileSync('ran', '')
t.test('holds at times', async t => t.ok(ranBefore, 'at first'))
`
    const files = { 'dist/test/a.test.js': unsteady, 'dist/test/b.test.js': passing }
    const once = await run(t, files)
    t.equal(once.status, 1, 'it is asked for')
    const again = await run(t, files, '--again')
    t.equal(again.status, 0)
    t.match(
      again.stdout,
      /^AGAIN {2}test\/a\.test\.ts, which failed among others:\n *not ok 1 - at first\n/m
    )
    t.match(again.stdout, /^2 passed, 0 failed/m)
    const document = await run(t, files, '--again', '--reporter=tap')
    t.equal(document.status, 0)
    t.match(
      document.stdout,
      /^# again: dist\/test\/a\.test\.js failed among others\n# +not ok 1 - at first\n/m
    )
    const broken = await run(t, { ...files, 'dist/test/b.test.js': failing }, '--again')
    t.equal(broken.status, 1)
    t.match(broken.stdout, /^1 passed, 1 failed/m)
  }
)

t.test('with --again nothing runs twice when more than a few files failed', async t => {
  const names = Array.from({ length: 6 }, (_, i) => `dist/test/${i}.test.js`)
  const files = Object.fromEntries(names.map(name => [name, failing]))
  const { status, stdout } = await run(t, files, '--again')
  t.equal(status, 1)
  t.notMatch(stdout, /^AGAIN/m)
  t.match(stdout, /^0 passed, 6 failed/m)
})
