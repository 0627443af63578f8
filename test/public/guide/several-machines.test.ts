/** The chapter on several machines: its commands are run, and its files are read by the programs they are for. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lexer } from 'marked'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { settings } from '../../../config/schema.js'
import { temporaryFolder } from '../../helpers/build.js'
import { missingPostgres, startPostgres } from '../../helpers/postgres.js'
import { startServer } from '../../helpers/server.js'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))
const chapter = await readFile('public/guide/several-machines.md', 'utf8')
const compose = parse(await readFile('config/compose-postgres.yaml', 'utf8'), { merge: true })
const has = (name: string, ...args: string[]) =>
  run(name, args).then(
    () => false as const,
    () => `${name} is not installed`
  )

t.test(
  'its commands move a data folder, show two nodes, make a backup, restore it and replace the key',
  { skip: missingPostgres() ?? (await has('pg_dump', '--version')) },
  async t => {
    const postgres = await startPostgres(t)
    const DATABASE_URL = await postgres.create()
    const work = await makeFolder(t)
    const server = await startServer(t, { DATA_DIR: join(work, 'data') })
    const created = await fetch(`${server.base}/api/functions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}` },
      body: JSON.stringify({
        name: 'moved',
        code: 'function handler() return { body = env.get("WORD") .. kv.increment("calls") } end'
      })
    })
    const { id } = (await created.json()) as { id: string }
    await fetch(`${server.base}/api/functions/${id}/env`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${server.key}` },
      body: JSON.stringify({ env_vars: { WORD: 'call ' } })
    })
    await server.stop()

    const blocks = lexer(chapter).flatMap(token =>
      token.type === 'code' && token['lang'] === 'sh' ? [String(token['text'])] : []
    )
    t.equal(blocks.length, 6)
    const [move = '', keys = '', look = '', dump = '', restore = '', rotate = ''] = blocks
    const shell = (script: string, env: Record<string, string> = {}) =>
      run(
        'bash',
        ['-ec', script.replace('postgres://moonlet:password@db.example.org/moonlet', DATABASE_URL)],
        {
          cwd: work,
          timeout: 120_000,
          env: {
            PATH: [join(work, 'bin'), dirname(process.execPath), process.env['PATH']].join(
              delimiter
            ),
            HOME: work,
            ...env
          }
        }
      )
    // Where the folder has no settings, its key is in it.
    const { stdout } = await shell(`${move}\n${keys}\necho "KEYS $SECRET_KEY $API_KEY"`)
    t.match(stdout, /would be moved; the database is reached and is empty/)
    t.match(stdout, /each was read again and compared/)
    const [, SECRET_KEY = '', API_KEY = ''] = /^KEYS (\S+) (\S+)$/m.exec(stdout) ?? []

    const settings = { DATABASE_URL, SECRET_KEY, API_KEY }
    const nodes = await Promise.all([1, 2].map(() => startServer(t, settings)))
    for (const [i, { base }] of nodes.entries()) {
      t.equal(await (await fetch(`${base}/fn/${id}`)).text(), `call ${i + 1}`)
    }
    const base = nodes[0]?.base ?? ''
    const shown = await shell(`${look.replaceAll('http://localhost:3000', base)}\n${dump}`, {
      DATABASE_URL,
      MOONLET_URL: base,
      MOONLET_TOKEN: API_KEY
    })
    t.equal(shown.stdout.match(/ up /g)?.length, 2, 'both nodes are up')

    const RESTORED = await postgres.create()
    const told = await shell(
      restore.replace('postgres://moonlet:password@db.example.org/moonlet_restored', RESTORED)
    )
    t.same(told, { stdout: '', stderr: '' })
    const restored = await startServer(t, { ...settings, DATABASE_URL: RESTORED })
    t.equal(await (await fetch(`${restored.base}/fn/${id}`)).text(), 'call 3')
    const history = await fetch(`${restored.base}/api/functions/${id}/executions`, {
      headers: { authorization: `Bearer ${API_KEY}` }
    })
    t.match(await history.json(), { pagination: { total: 3 } })
    await restored.stop()

    // The dump is only some seconds old: in it both nodes seem to live.
    await postgres.query('update nodes set lease_until = 0', RESTORED)
    const { stdout: words } = await shell(`${rotate}\necho "KEY $SECRET_KEY_NEW"`, {
      ...settings,
      DATABASE_URL: RESTORED
    })
    t.match(words, /^1 variable is encrypted with a new key, which is in SECRET_KEY_NEW\.$/m)
    const [, newKey = ''] = /^KEY (\S+)$/m.exec(words) ?? []
    const renewed = await startServer(t, {
      ...settings,
      DATABASE_URL: RESTORED,
      SECRET_KEY: newKey
    })
    t.equal(await (await fetch(`${renewed.base}/fn/${id}`)).text(), 'call 4')
  }
)

async function makeFolder(t: Test): Promise<string> {
  const work = await temporaryFolder(t)
  await mkdir(join(work, 'bin'))
  await mkdir(join(work, 'data'))
  const moonlet = join(work, 'bin/moonlet')
  await writeFile(moonlet, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  await chmod(moonlet, 0o755)
  await writeFile(join(work, 'data/api_key.txt'), 'key-of-all\n')
  return work
}

t.test('settings in the chapter and in its files are settings', async t => {
  const known = new Set(Object.keys(settings))
  const named = [...chapter.matchAll(/`([A-Z][A-Z_]{4,})(?:=[^`]*)?`/g)].map(
    ([, name = '']) => name
  )
  t.ok(named.length > 5)
  // A command of SQL, and a variable of PostgreSQL's programs.
  const others = ['LISTEN', 'PGPASSWORD']
  t.same(
    [...new Set(named)].filter(name => !others.includes(name) && !known.has(name)),
    []
  )
  const { environment } = compose.services['node-1']
  t.same(
    Object.keys(environment).filter(name => !known.has(name)),
    []
  )
  t.same(compose.services['node-2'], compose.services['node-1'])
  const files = [...chapter.matchAll(/`(config\/[\w.-]+)`/g)].map(([, file = '']) => file)
  t.same(files, ['config/moonlet-database.conf', 'config/compose-postgres.yaml'])
})

t.test(
  'systemd takes the drop-in for its unit',
  { skip: await has('systemd-analyze', '--version') },
  async t => {
    const folder = await temporaryFolder(t)
    await mkdir(join(folder, 'moonlet.service.d'))
    for (const [from, to] of [
      ['moonlet.service', 'moonlet.service'],
      ['moonlet-database.conf', 'moonlet.service.d/moonlet-database.conf']
    ] as const) {
      await writeFile(join(folder, to), await readFile(`config/${from}`))
    }
    t.same(await run('systemd-analyze', ['verify', join(folder, 'moonlet.service')]), {
      stdout: '',
      stderr: ''
    })
  }
)

t.test(
  'nginx takes what passes calls on to two nodes',
  { skip: await has('nginx', '-v') },
  async t => {
    const folder = await temporaryFolder(t)
    const own = String(compose.configs.nodes.content).replaceAll('$$', '$')
    const [upstream = ''] = lexer(chapter).flatMap(token =>
      token.type === 'code' && token['lang'] === 'nginx' ? [String(token['text'])] : []
    )
    const [ofCompose = ''] = /upstream[^}]*\}/.exec(own) ?? []
    const withoutNames = (text: string) =>
      text.replace(/server \S+:3000/g, 'server 127.0.0.1:3000').replace(/\s+/g, ' ')
    t.equal(
      withoutNames(upstream),
      withoutNames(ofCompose),
      'the chapter and the file say the same'
    )
    const file = join(folder, 'nginx.conf')
    const http = own
      .replace(/(?:node-\d):3000/g, '127.0.0.1:3000')
      .replace('listen 80', 'listen 127.0.0.1:1')
    await writeFile(file, `pid ${folder}/pid; events {} http { access_log off; ${http} }`)
    await t.resolves(run('nginx', ['-t', '-q', '-e', join(folder, 'log'), '-c', file]))
  }
)
