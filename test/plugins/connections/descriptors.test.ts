/** A server whose process may open few files: what comes of connections beyond, and what the log says of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import t from 'tap'
import { API_KEY, temporaryFolder } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'

const prlimit = await execa('prlimit', ['--version'], { reject: false })
const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))

t.test(
  'a server that runs out of descriptors says so, stays, and answers when there are some again',
  { skip: prlimit.exitCode === 0 ? false : 'prlimit is not installed' },
  async t => {
    const server = spawn('prlimit', ['--nofile=64:64', process.execPath, program, 'serve'], {
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: await temporaryFolder(t),
        API_KEY
      },
      stdio: ['ignore', 'pipe', 'ignore']
    })
    const ended = once(server, 'exit')
    t.teardown(() => server.kill('SIGKILL'))
    const lines: string[] = []
    createInterface(server.stdout).on('line', line => lines.push(line))
    const said = (text: string) => () => lines.some(line => line.includes(text))
    await eventually(t, said('Moonlet listens on'), true)
    const base = /http:\S+/.exec(lines.find(line => line.includes('Moonlet listens on')) ?? '')?.[0]
    const created = await fetch(`${base}/api/functions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, connection: 'close' },
      body: JSON.stringify({ name: 'f', code: 'function handler() return { body = "here" } end' })
    })
    const { id } = (await created.json()) as { id: string }

    const sockets: Socket[] = []
    for (let i = 0; i < 100; i++) {
      const socket = connect(Number(new URL(base ?? '').port), '127.0.0.1').on('error', () => {})
      sockets.push(socket)
      await once(socket, 'connect')
    }
    await eventually(t, said('raise the limit on open files'), true)
    t.equal(lines.filter(line => line.includes('LimitNOFILE')).length, 1, 'once')

    for (const socket of sockets) socket.destroy()
    await eventually(t, () => fetch(`${base}/fn/${id}`).then(answer => answer.text()), 'here')
    server.kill('SIGTERM')
    t.same(await ended, [0, null])
  }
)
