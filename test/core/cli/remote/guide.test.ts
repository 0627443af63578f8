/** What the guide says about the way from a terminal is run as it stands there. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { callApi, CODE, createDeveloper, createPair, type Developer } from './moonlet.js'

const exec = promisify(execFile)
const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))
const TWO_MINUTES_MS = 120_000

/** `moonlet` and `npm` on the PATH, as after `npm install -g moonlet`. */
async function shell(who: Developer, cwd: string, env: Record<string, string> = {}) {
  const bin = join(who.env.HOME as string, 'bin')
  await mkdir(bin, { recursive: true })
  for (const [name, line] of [
    ['moonlet', `exec '${process.execPath}' '${program}' "$@"`],
    ['npm', '[ "$*" = "install -g moonlet" ]']
  ] as const) {
    await writeFile(join(bin, name), `#!/bin/sh\n${line}\n`)
    await chmod(join(bin, name), 0o755)
  }
  const PATH = [bin, who.env.PATH].join(delimiter)
  return (script: string) =>
    exec('bash', ['-ec', script], { cwd, env: { ...who.env, ...env, PATH }, timeout: 300_000 })
}

const blockOf = async (language: string): Promise<string> => {
  const chapter = await readFile('public/guide/git.md', 'utf8')
  const section = chapter.slice(chapter.indexOf('## From a terminal'))
  const [, block = ''] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(section) ?? []
  return block
}

t.test('from nothing to a call, by the clock: under two minutes', async t => {
  const { server } = await createPair(t)
  const newcomer = await createDeveloper(t)
  await newcomer.write('data/api_key.txt', `${server.key}\n`)
  const run = await shell(newcomer, newcomer.folder)
  const script = (await blockOf('sh')).replace('http://localhost:3000', server.base)
  const began = performance.now()
  const { stdout } = await run(script)
  const took = performance.now() - began
  t.comment(`login, init, new, dev, push, call: ${(took / 1000).toFixed(1)} s`)
  t.ok(took < TWO_MINUTES_MS)
  t.match(stdout, /"message":"Good evening, Luna!"/)
})

t.test('the workflow pushes what was committed, and fails where the server differs', async t => {
  const { server, ana } = await createPair(t)
  const git = (...args: string[]) =>
    exec('git', ['-C', ana.folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args])
  const commit = async (message: string) => {
    await git('add', '-A')
    await git('commit', '-qm', message)
  }
  await git('init', '-q')
  await ana.moonlet('init')
  await ana.moonlet('new', 'hello')
  await ana.moonlet('push', '--yes')
  await commit('hello')

  const workflow = parse(await blockOf('yaml'))
  const { steps, env } = workflow.jobs.push
  t.same(Object.keys(env), ['MOONLET_URL', 'MOONLET_TOKEN'])
  t.equal(steps[0].with['fetch-depth'], 0, 'the history is asked what the server had')
  const inCi = async () => {
    const ci = await createDeveloper(t)
    await git('clone', '-q', ana.folder, join(ci.folder, 'work'))
    const run = await shell(ci, join(ci.folder, 'work'), {
      MOONLET_URL: server.base,
      MOONLET_TOKEN: server.key
    })
    for (const step of steps.slice(1)) await run(step.run)
  }
  await inCi()
  await ana.write('hello/main.lua', CODE)
  await commit('Says ok')
  await inCi()
  const { id } = JSON.parse(await ana.read('hello/function.json'))
  const { versions } = await callApi(server, 'GET', `/api/functions/${id}/versions`)
  t.match(versions, [{ version: 2, message: 'Says ok', code: CODE }, { version: 1 }])
  t.equal(versions[0].commit, (await git('rev-parse', 'HEAD')).stdout.trim())

  await callApi(server, 'PUT', `/api/functions/${id}`, { code: 'return "by hand"' })
  await ana.write('hello/main.lua', `${CODE}-- more\n`)
  await commit('More')
  await t.rejects(inCi(), { code: 3, stderr: /Nothing was pushed/ })
})
