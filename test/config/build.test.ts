/** `npm start` in a clone: when it builds, and that servers on an older build go on with their own files. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { watchServer } from '../../core/process/server-process.js'
import { API_KEY, temporaryFolder } from '../helpers/build.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const sources = ['config', 'core', 'migrations', 'plugins', 'public', 'sandbox']
const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }

/** A clone with the build that these tests came with, which is one of its sources unless they changed since. */
async function clone(t: Test): Promise<string> {
  const folder = await temporaryFolder(t)
  for (const name of [...sources, 'package.json', 'package-lock.json']) {
    await cp(join(root, name), join(folder, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const build = dirname(await readlink(join(root, 'dist/.build')))
  await mkdir(join(folder, 'dist'))
  await cp(join(root, 'dist', build), join(folder, 'dist', build), { recursive: true })
  await symlink(join(build, 'dist'), join(folder, 'dist/.build'))
  await cp(join(root, 'dist/core'), join(folder, 'dist/core'), { recursive: true })
  return folder
}

const buildsOf = async (folder: string) => (await readdir(join(folder, 'dist/.builds'))).toSorted()

const currentOf = async (folder: string) =>
  basename(dirname(await readlink(join(folder, 'dist/.build'))))

const environment = {
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  HOST: '127.0.0.1',
  PORT: '0',
  API_KEY
}

const build = (folder: string) =>
  execa('node', ['config/build/main.mjs', '--if-changed'], { cwd: folder, env: environment })

/** Does what `npm start` does. */
async function start(t: Test, folder: string): Promise<{ base: string; pid: number }> {
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const child = spawn('/bin/sh', ['-c', scripts.start], {
    cwd: folder,
    env: { ...environment, DATA_DIR: await temporaryFolder(t) },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  t.teardown(() => child.kill('SIGKILL'))
  return { base: await watchServer(child).base, pid: child.pid ?? 0 }
}

/** The build that a server runs on. */
const buildOf = (pid: number): string | undefined =>
  /\/\.builds\/([^/]+)\//.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1]

async function replace(file: string, text: string, by: string): Promise<void> {
  const before = await readFile(file, 'utf8')
  if (!before.includes(text)) throw new Error(`${file} has no ${text}`)
  await writeFile(file, before.replace(text, by))
}

const changes = [
  ['plugins/openapi/plugin.ts', "title: 'Moonlet'", "title: 'Changed'"],
  ['public/index.html', '<title>Moonlet', '<title>Changed'],
  ['sandbox/lua/environment.ts', "['_VERSION', 'Lua 5.3']", "['_VERSION', 'Changed']"]
] as const

/** What a server shows of the three: the API document, the dashboard, and a function that has no process yet. */
async function show(base: string): Promise<readonly [unknown, string | undefined, string]> {
  const { info } = (await (await fetch(`${base}/docs/openapi.json`)).json()) as {
    info: { title: string }
  }
  const page = await (await fetch(base)).text()
  for (const [asset] of page.matchAll(/\/assets\/[\w.-]+/g)) {
    const { status } = await fetch(`${base}${asset}`)
    if (status !== 200) throw new Error(`${asset} is answered with ${status}`)
  }
  const code = 'function handler() return { body = _VERSION } end'
  const body = JSON.stringify({ name: 'f', code })
  const made = await fetch(`${base}/api/functions`, { method: 'POST', headers, body })
  const { id } = (await made.json()) as { id: string }
  const answer = await (await fetch(`${base}/fn/${id}`)).text()
  return [info.title, /<title>(\w+)/.exec(page)?.[1], answer]
}

const before = ['Moonlet', 'Moonlet', 'Lua 5.3'] as const
const after = ['Changed', 'Changed', 'Changed'] as const

t.test('a clone is built when its sources changed, and what runs is not disturbed', async t => {
  const folder = await clone(t)
  await build(folder)
  const builds = await buildsOf(folder)
  const first = await start(t, folder)
  t.same(await buildsOf(folder), builds, 'without a change nothing is built')
  t.equal(buildOf(first.pid), await currentOf(folder))
  t.same(await show(first.base), before)

  for (const [file, text, by] of changes) await replace(join(folder, file), text, by)
  const [second, third] = await Promise.all([start(t, folder), start(t, folder)])
  t.equal((await buildsOf(folder)).length, builds.length + 1, 'two at once build once')
  t.same(
    [buildOf(second.pid), buildOf(third.pid)],
    [await currentOf(folder), await currentOf(folder)]
  )
  t.same(await show(second.base), after)
  t.same(await show(third.base), after)
  t.same(await show(first.base), before, 'the first goes on with its own files')

  const newer = [1, 2, 3, 4].map(n => `${'0'.repeat(32)}-z${n}000000`)
  for (const name of newer) await mkdir(join(folder, 'dist/.builds', name))
  await writeFile(join(folder, 'dist/moonlet-0.0.0.tgz'), '')
  for (const [file, text, by] of changes) await replace(join(folder, file), by, text)
  await build(folder)
  t.equal(
    await currentOf(folder),
    buildOf(first.pid),
    'an earlier build of the same sources is taken again'
  )
  const kept = [buildOf(first.pid), buildOf(second.pid), ...newer.slice(1)]
  t.same(
    await buildsOf(folder),
    kept.toSorted(),
    'the newest stay, and those that a server runs on'
  )
  t.ok((await readdir(join(folder, 'dist'))).includes('moonlet-0.0.0.tgz'), 'packages stay')
  t.same(await show(second.base), after)
})
