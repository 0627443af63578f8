/** Commands whose output nobody reads to its end, or for which there is no room. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import t, { type Test } from 'tap'
import { callApi, CODE, createPair, program, type Developer } from './moonlet.js'

/** Runs the program with an output that nobody reads, or that is the file. */
async function runUnread(t: Test, { folder, env }: Developer, args: string[], file?: string) {
  const fd = file === undefined ? undefined : openSync(file, 'w')
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', fd ?? 'pipe', 'pipe']
  })
  t.teardown(() => child.kill('SIGKILL'))
  if (fd !== undefined) closeSync(fd)
  child.stdout?.destroy()
  let err = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, err }
}

t.test('where nobody reads it, a command does what it has to, in silence', async t => {
  const { server, ana } = await createPair(t)
  for (const args of [['--help'], ['openapi'], ['--json', 'nodes']]) {
    t.same(await runUnread(t, ana, args), { code: 0, err: '' }, args.join(' '))
  }
  await ana.write('hello/main.lua', CODE)
  t.match(await runUnread(t, ana, ['push', '--yes']), { code: 0 })
  const { functions } = await callApi(server, 'GET', '/api/functions')
  t.match(functions, [{ name: 'hello' }])
  await fetch(`${server.base}/fn/${functions[0].id}`)
  t.same(await runUnread(t, ana, ['logs']), { code: 0, err: '' })

  const calling = setInterval(() => {
    void fetch(`${server.base}/fn/${functions[0].id}`)
  }, 100)
  t.teardown(() => {
    clearInterval(calling)
  })
  t.match(await runUnread(t, ana, ['logs', '-f']), { code: 0, err: /^Listening[^\n]*\n$/ })
})

t.test('where there is no room for what it says, it says so and fails', async t => {
  const { ana } = await createPair(t)
  t.same(await runUnread(t, ana, ['openapi'], '/dev/full'), {
    code: 1,
    err: 'What the command says cannot be written: ENOSPC: no space left on device, write\n'
  })
})
