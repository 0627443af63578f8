import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { runProgram } from '../../core/cli/program.js'
import { lockDataFolder } from '../../plugins/storage/db/data-lock.js'
import { loadSecretKey } from '../../plugins/storage/secrets/secret-key.js'
import { openStorage } from '../../plugins/storage/storage.js'
import { temporaryFolder } from '../helpers/build.js'
import {
  execution,
  fn,
  ID,
  version,
  writeLunarDatabase
} from '../plugins/storage/import/lunar-database.js'

const program = fileURLToPath(new URL('../../core/cli.js', import.meta.url))

/** A data folder, and the program run on it: what it said where, and its exit code. */
async function commandLine(t: Test) {
  const folder = await temporaryFolder(t)
  const data = join(folder, 'data')
  return {
    data,
    path: (name: string) => join(folder, name),
    async moonlet(...args: string[]) {
      const said = { out: '', err: '' }
      const code = await runProgram(['--data-dir', data, ...args], {
        say(line) {
          said.out += `${line}\n`
        },
        note(line) {
          said.err += `${line}\n`
        },
        progress() {}
      })
      return { code, ...said }
    },
    async open() {
      await mkdir(data, { recursive: true })
      const storage = await openStorage({
        file: join(data, 'moonlet.db'),
        secretKey: await loadSecretKey(data)
      })
      t.teardown(() => storage.close())
      return storage
    }
  }
}

t.test(
  'as a program: results on standard output, complaints on standard error, exit codes for scripts',
  async t => {
    const { path } = await commandLine(t)
    const run = (...args: string[]) =>
      new Promise(resolve => {
        execFile(
          process.execPath,
          [program, ...args],
          { env: { DATA_DIR: path('data') } },
          (error, out, err) => {
            resolve([typeof error?.code === 'number' ? error.code : 0, out, err])
          }
        )
      })
    t.match(await run('--version'), [0, /^\d+\.\d+\.\d+\n$/, ''])
    t.match(await run('bogus'), [2, '', /unknown command 'bogus'/])
    t.match(await run('backup', path('b.db')), [1, '', /^There is no database/])
  }
)

t.test('wrong usage says what is wrong and exits with 2', async t => {
  const { moonlet } = await commandLine(t)
  for (const [args, complaint] of [
    [['bogus'], /unknown command 'bogus'/],
    [['backup'], /missing required argument 'file'/],
    [['restore'], /missing required argument/],
    [['backup', 'a', 'b'], /too many arguments/],
    [['export', 'x', '--colour'], /unknown option '--colour'/],
    [['import', 'x', '--function'], /unknown option/]
  ] as const) {
    const { code, out, err } = await moonlet(...args)
    t.same([code, out], [2, ''], args.join(' '))
    t.match(err, complaint)
  }
})

t.test('help names every command and exits with 0', async t => {
  const { moonlet } = await commandLine(t)
  const { code, out } = await moonlet('--help')
  t.equal(code, 0)
  for (const command of [
    'serve',
    'backup',
    'restore',
    'export',
    'import',
    'rotate-secrets',
    'discard-secrets'
  ]) {
    t.match(out, new RegExp(`^  ${command} `, 'm'))
  }
  const detail = await moonlet('export', '--help')
  t.equal(detail.code, 0)
  t.match(detail.out, /--with-secrets +also the values of environment variables/)
})

t.test('what cannot be done exits with 1 and one line that says why', async t => {
  const { moonlet, path, data } = await commandLine(t)
  for (const [args, complaint] of [
    [['backup', path('b.db')], /^There is no database at .*moonlet\.db; is DATA_DIR right\?\n$/],
    [['restore', path('absent')], /^There is no file .*absent\n$/],
    [['import', path('absent')], /^There is nothing at .*absent\n$/],
    [['import', program], /neither a folder .* nor a database of lunar/],
    [['export', path('out')], /^There is no database/]
  ] as const) {
    const { code, err } = await moonlet(...args)
    t.equal(code, 1, args[0])
    t.match(err, complaint)
  }
  await t.rejects(readdir(data), 'and makes nothing')
})

t.test('importing a folder without exported functions says so in one line', async t => {
  const { moonlet, path } = await commandLine(t)
  await mkdir(path('empty'))
  await mkdir(path('other/src'), { recursive: true })
  await writeFile(path('other/src/main.lua'), 'return 1')
  for (const name of ['empty', 'other']) {
    t.same(await moonlet('import', path(name)), {
      code: 1,
      out: '',
      err: `${path(name)} holds no exported function: no function.json in it or in a folder in it\n`
    })
  }
})

t.test('functions go out as files and come in on another server', async t => {
  const from = await commandLine(t)
  const storage = await from.open()
  await storage.functions.create({
    id: ID,
    name: 'hello',
    description: undefined,
    code: 'return 1',
    now: 1
  })
  const exported = await from.moonlet('export', from.path('functions'))
  t.match(exported, { code: 0, out: `Exported 1 function to ${from.path('functions')}.\n` })
  t.equal(await readFile(from.path('functions/hello/main.lua'), 'utf8'), 'return 1')

  const to = await commandLine(t)
  t.match(await to.moonlet('import', from.path('functions')), {
    code: 0,
    out: 'created    hello\n'
  })
  t.match(await to.moonlet('import', from.path('functions')), {
    code: 0,
    out: 'unchanged  hello\n'
  })
  t.equal((await (await to.open()).functions.find(ID))?.active?.code, 'return 1')
})

t.test('an import of which a part failed exits with 1', async t => {
  const { moonlet, path } = await commandLine(t)
  await mkdir(path('in/bad'), { recursive: true })
  await writeFile(path('in/bad/function.json'), '{}')
  t.match(await moonlet('import', path('in')), {
    code: 1,
    out: /^failed {5}bad: function\.json: .*required/
  })
})

t.test('a database is backed up and restored', async t => {
  const { moonlet, path, open } = await commandLine(t)
  const storage = await open()
  await storage.functions.create({
    id: ID,
    name: 'hello',
    description: undefined,
    code: 'return 1',
    now: 1
  })
  t.match(await moonlet('backup', path('b.db')), {
    code: 0,
    out: /^Backed up to .*b\.db\. The keys .* not in it/
  })
  t.match(await moonlet('backup', path('b.db')), {
    code: 1,
    err: /exists already; remove it or use --force/
  })
  t.match(await moonlet('backup', path('b.db'), '--force'), { code: 0 })
  await storage.close()
  t.match(await moonlet('restore', path('b.db')), {
    code: 0,
    out: /^Restored from .*b\.db\. What was there before is in .*before-restore/
  })
})

t.test('what needs the folder for itself is refused while a server runs on it', async t => {
  const { moonlet, data, path, open } = await commandLine(t)
  await (await open()).close()
  await moonlet('backup', path('b.db'))
  writeLunarDatabase(path('lunar.db'), { functions: [fn()] })
  await mkdir(path('in'))
  const lock = lockDataFolder(data)
  t.teardown(lock.release)
  for (const args of [
    ['restore', path('b.db')],
    ['import', path('lunar.db')],
    ['import', path('in')],
    ['rotate-secrets'],
    ['discard-secrets']
  ]) {
    t.match(
      await moonlet(...args),
      { code: 1, err: /Another Moonlet uses the data folder/ },
      args.join(' ')
    )
  }
  t.match(await moonlet('export', path('out')), { code: 0 }, 'reading is not')
})

t.test('a database of lunar is taken over, with a report', async t => {
  const { moonlet, path, open } = await commandLine(t)
  writeLunarDatabase(path('lunar.db'), {
    functions: [fn()],
    function_versions: [version(1, { is_active: 1 })],
    executions: [
      execution('d4l1ikp2rpqc73a0b1d0'),
      execution('d4l1ikp2rpqc73a0b1e0', { status: 'odd' })
    ]
  })
  const { code, out } = await moonlet('import', path('lunar.db'))
  t.equal(code, 0)
  t.match(out, /^functions +1 +0 +0$/m)
  t.match(out, /^executions +1 +0 +1$/m)
  t.match(
    out,
    'Left out: executions d4l1ikp2rpqc73a0b1e0: status is "odd", not one of pending, success, error'
  )
  t.equal((await (await open()).functions.find(ID))?.fn.name, 'hello')
  t.match((await moonlet('import', path('lunar.db'))).out, /^executions +0 +1 +1$/m)
})

t.test('variables are encrypted anew', async t => {
  const { moonlet, open } = await commandLine(t)
  await (await open()).close()
  t.match(await moonlet('rotate-secrets'), {
    code: 0,
    out: /^0 variables are encrypted with a new key, which is in .*secret\.key\.\nCopies of the old key/
  })
})
