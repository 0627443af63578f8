/** `moonlet doctor` as a program, on a machine that is as it should be, and on each thing that is not. */
import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { lockDataFolder } from '../../../plugins/storage/db/data-lock.js'
import { temporaryFolder } from '../../helpers/build.js'
import { startServer } from '../../helpers/server.js'

const dist = fileURLToPath(new URL('../../..', import.meta.url))

interface Finding {
  readonly check: string
  readonly state: string
  readonly message: string
  readonly remedy?: string
}

interface Report {
  readonly code: number
  readonly ok: boolean
  readonly checks: readonly Finding[]
  of(check: string): readonly Finding[]
}

function runProgram(args: readonly string[], settings: Record<string, string>, root = dist) {
  return new Promise<{ code: number; stdout: string; stderr: string }>(resolve => {
    execFile(
      process.execPath,
      [join(root, 'core/cli.js'), ...args],
      { env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', ...settings } },
      (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), stdout, stderr })
      }
    )
  })
}

async function examine(settings: Record<string, string>, root?: string): Promise<Report> {
  const { code, stdout, stderr } = await runProgram(['doctor', '--json'], settings, root)
  if (stderr !== '') throw new Error(stderr)
  const document = JSON.parse(stdout) as { ok: boolean; checks: Finding[] }
  return { code, ...document, of: check => document.checks.filter(one => one.check === check) }
}

const folderOf = async (t: Test) => join(await temporaryFolder(t), 'data')

t.test('where all is well every check says so, and nothing is left behind', async t => {
  const above = await temporaryFolder(t)
  const { code, ok, checks } = await examine({ DATA_DIR: join(above, 'a/data') })
  t.same([code, ok], [0, true])
  t.same(
    new Set(checks.map(({ check }) => check)),
    new Set(['node', 'addon', 'barriers', 'limits', 'data folder', 'disk', 'port', 'clock'])
  )
  t.notOk(
    checks.some(({ state }) => state === 'failed'),
    JSON.stringify(checks)
  )
  t.ok(checks.every(({ state, remedy }) => (state === 'ok') === (remedy === undefined)))
  t.same(await readdir(above), [])
})

t.test('in words, a remedy stands below what it is for', async t => {
  const file = join(await temporaryFolder(t), 'file')
  await writeFile(file, '')
  const { code, stdout, stderr } = await runProgram(['doctor'], { DATA_DIR: join(file, 'data') })
  t.equal(code, 1)
  t.equal(stderr, '')
  t.match(
    stdout,
    /^FAILED {3}data folder: .* is not fit for a database\.\n {9}The folder .* is not a folder\./m
  )
  t.match(stdout, /^ok {7}addon: /m)
})

t.test('beside a server that runs, its port and folder count as in use by it', async t => {
  const DATA_DIR = await folderOf(t)
  const server = await startServer(t, { DATA_DIR })
  const { port } = new URL(server.base)
  const { ok, of } = await examine({ DATA_DIR, PORT: port, BASE_URL: server.base })
  t.ok(ok)
  t.match(of('port'), [{ state: 'ok', message: `A Moonlet answers on port ${port}.` }])
  t.match(of('data folder'), [{ state: 'ok', message: /which a server uses/ }])
  t.match(of('address'), [{ state: 'ok' }])
  t.equal((await fetch(`${server.base}/readyz`)).status, 200, 'which goes on')
  t.notOk((await readdir(DATA_DIR)).some(name => name.startsWith('doctor')))
})

t.test(
  'a server below a path is found there, and a proxy that takes the path off is named',
  async t => {
    const DATA_DIR = await folderOf(t)
    const BASE_PATH = '/moonlet'
    const server = await startServer(t, { DATA_DIR, BASE_PATH })
    const { port, origin } = new URL(server.base)
    const cutting = http.createServer((request, response) => {
      const url = `${origin}${(request.url ?? '').slice(BASE_PATH.length)}`
      http.get(url, answer =>
        answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers))
      )
    })
    await new Promise<void>(resolve => cutting.listen(0, '127.0.0.1', resolve))
    t.teardown(() => cutting.close())
    const settings = { DATA_DIR, PORT: port, BASE_PATH }
    const well = await examine({ ...settings, BASE_URL: origin })
    t.match(well.of('port'), [{ state: 'ok', message: `A Moonlet answers on port ${port}.` }])
    t.match(well.of('address'), [{ state: 'ok', message: `A Moonlet answers at ${server.base}.` }])
    const BASE_URL = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`
    t.match((await examine({ ...settings, BASE_URL })).of('address'), [
      {
        state: 'warning',
        message: /does not pass on \/moonlet \(BASE_PATH\)/,
        remedy: /proxy_pass/
      }
    ])
  }
)

t.test('a port of somebody else, and an address that this machine has not', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const DATA_DIR = await folderOf(t)
  const taken = await examine({ DATA_DIR, PORT: String(port) })
  t.equal(taken.code, 1)
  t.match(taken.of('port'), [
    { state: 'failed', remedy: `Port ${port} of 127.0.0.1 is in use; set PORT` }
  ])
  const nowhere = await examine({ DATA_DIR, PORT: String(port), HOST: '192.0.2.1' })
  t.match(nowhere.of('port'), [{ state: 'failed', remedy: /no address 192\.0\.2\.1; set HOST/ }])
})

t.test('settings that are wrong are told as the start tells them, without a secret', async t => {
  const settings = { PORT: 'many', SECRET_KEY: 'not-a-key-but-secret' }
  const report = await examine(settings)
  t.equal(report.code, 1)
  t.match(report.of('settings'), [{ state: 'failed', remedy: /PORT must be/ }])
  t.notMatch(JSON.stringify(report), /not-a-key-but-secret/)
  const start = await runProgram(['serve'], settings)
  t.ok(start.stderr.includes(report.of('settings')[0]?.remedy ?? 'none'), start.stderr)
})

t.test('plugins that cannot be loaded, and what is wrong besides', async t => {
  const DATA_DIR = await folderOf(t)
  const write = async (name: string, code: string) => {
    const folder = join(DATA_DIR, 'plugins', name)
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "version": "1.0.0" }')
    await writeFile(join(folder, 'index.js'), code)
  }
  const good = (more = '') =>
    "import { definePlugin, setting } from 'moonlet/plugin'\n" +
    `export default definePlugin({ name: 'good', moonlet: '*', start () {}, settings: {
      SANDBOX_GOOD: setting.text({ fallback: '', doc: 'x' }), ${more} } })`
  await write('good', good())
  await chmod(DATA_DIR, 0o700)
  const well = await examine({ DATA_DIR, SANDBOX_GOOD: 'x' })
  t.match(well, { code: 0 })
  t.match(well.of('plugins'), [{ state: 'ok', message: 'The plugin good 1.0.0 loads.' }])
  const misspelt = await examine({ DATA_DIR, SANDBOX_GODO: 'x' })
  t.match(misspelt.of('settings'), [{ remedy: /did you mean SANDBOX_GOOD\?/ }])

  await write('good', good("GOOD_SIZE: setting.integer({ min: 1, max: 2, fallback: 1, doc: 'x' })"))
  const wrong = await examine({ DATA_DIR, GOOD_SIZE: '3' })
  t.match(wrong.of('plugins'), [{ state: 'failed', remedy: /GOOD_SIZE .*must be a whole number/ }])

  await write('bad', 'throw new Error("no luck")')
  const broken = await examine({ DATA_DIR })
  t.equal(broken.code, 1)
  t.match(broken.of('plugins'), [
    {
      state: 'failed',
      remedy:
        /^The plugin 'bad' .*no luck.*; to start without it: moonlet --data-dir \S+ plugin remove bad/
    }
  ])
  t.match(broken.of('disk'), [{}], 'the rest is looked at all the same')
  const start = await runProgram(['serve'], { DATA_DIR })
  t.ok(start.stderr.includes(broken.of('plugins')[0]?.remedy ?? 'none'), start.stderr)
})

t.test('keys that others may read, and a folder that others may write', async t => {
  const DATA_DIR = await folderOf(t)
  await mkdir(DATA_DIR)
  await chmod(DATA_DIR, 0o777)
  await writeFile(join(DATA_DIR, 'api_key.txt'), 'key')
  await chmod(join(DATA_DIR, 'api_key.txt'), 0o644)
  const { code, of } = await examine({ DATA_DIR })
  t.equal(code, 0, 'a warning is no failure')
  t.match(of('data folder')[1], { state: 'warning', remedy: /^Run: chmod go= .*api_key\.txt$/ })
})

t.test('a clock that is behind what was written', async t => {
  const DATA_DIR = await folderOf(t)
  await mkdir(DATA_DIR, { mode: 0o700 })
  const file = join(DATA_DIR, 'moonlet.db')
  await writeFile(file, '', { mode: 0o600 })
  await utimes(file, new Date(), new Date(Date.now() + 3_600_000))
  t.match((await examine({ DATA_DIR })).of('clock'), [{ state: 'failed', remedy: /set-ntp/ }])
})

t.test('who is believed about callers', async t => {
  const DATA_DIR = await folderOf(t)
  const https = { DATA_DIR, BASE_URL: 'https://127.0.0.1:9' }
  const alone = await examine(https)
  t.match(alone.of('proxy'), [{ state: 'warning', remedy: /TRUST_PROXY/ }])
  t.match(alone.of('address'), [{ state: 'warning' }])
  t.match((await examine({ ...https, TRUST_PROXY: '127.0.0.1' })).of('proxy'), [{ state: 'ok' }])
  const open = await examine({ DATA_DIR, HOST: '0.0.0.0', TRUST_PROXY: 'true' })
  t.match(open.of('proxy'), [{ state: 'warning', message: /Whoever reaches 0\.0\.0\.0/ }])
  t.same((await examine({ DATA_DIR })).of('proxy'), [])
})

t.test('barriers that cannot be put up are named', async t => {
  // A PATH of its own does not help: the tools are looked for where systems have them.
  const empty = await temporaryFolder(t)
  const DATA_DIR = await folderOf(t)
  const bound = `mount -t tmpfs none /usr/bin/ 2>/dev/null || exit 77; exec "$0" "$@"`
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>(resolve => {
    execFile(
      'unshare',
      [
        '--mount',
        'sh',
        '-c',
        bound,
        process.execPath,
        join(dist, 'core/cli.js'),
        'doctor',
        '--json'
      ],
      { env: { PATH: `/bin:/usr/bin:${empty}`, DATA_DIR, PORT: '0', HOST: '127.0.0.1' } },
      (error, stdout) => {
        resolve({ code: Number(error?.code ?? 0), stdout })
      }
    )
  })
  if (code !== 0) {
    t.comment('only root may hide the tools in a mount namespace')
    return
  }
  const { checks } = JSON.parse(stdout) as { checks: Finding[] }
  const missing = checks.filter(({ check }) => check === 'barriers')
  t.equal(missing.length, 3, JSON.stringify(missing))
  t.ok(missing.every(({ state, remedy }) => state === 'warning' && remedy !== undefined))
})

t.test('few files that may be open are told', async t => {
  const { stdout } = await execa(
    'prlimit',
    ['--nofile=500:500', process.execPath, join(dist, 'core/cli.js'), 'doctor', '--json'],
    { env: { DATA_DIR: await folderOf(t), PORT: '0', HOST: '127.0.0.1' }, reject: false }
  )
  const { checks } = JSON.parse(stdout) as { checks: Finding[] }
  t.match(
    checks.filter(({ check }) => check === 'limits'),
    [{ state: 'warning', message: /^Only 500 files/, remedy: /LimitNOFILE/ }]
  )
})

t.test('an installation without its packages says so in one sentence', async t => {
  const copy = await temporaryFolder(t)
  await cp(join(dist, 'core'), join(copy, 'dist/core'), { recursive: true })
  await cp(join(dist, 'config'), join(copy, 'dist/config'), { recursive: true })
  await writeFile(join(copy, 'package.json'), '{"type":"module","version":"0.1.0"}')
  const start = await runProgram(['serve'], {}, join(copy, 'dist'))
  t.equal(start.code, 1)
  t.match(
    start.stderr,
    /^(Moonlet could not start\. )?Moonlet is not whole, .* is missing: install the packages/
  )
  t.notMatch(start.stderr, / {4}at /, 'no stack')
})

t.test('a folder that a server has locked is not disturbed', async t => {
  const DATA_DIR = await folderOf(t)
  const lock = lockDataFolder(DATA_DIR)
  t.teardown(() => {
    lock.release()
  })
  t.match((await examine({ DATA_DIR })).of('data folder'), [{ message: /which a server uses/ }])
})
