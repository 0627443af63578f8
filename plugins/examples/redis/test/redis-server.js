/** A real Redis server on a free port, without files; undefined when none is installed. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

export const isInstalled = () => spawnSync('redis-server', ['--version']).status === 0

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

export async function startRedis(port) {
  const chosen = port ?? (await freePort())
  const child = spawn(
    'redis-server',
    ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  )
  const ended = once(child, 'exit')
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    if (/Ready to accept connections/i.test(output)) break
  }
  if (child.exitCode !== null) throw new Error(`redis-server ended: ${output}`)
  return {
    port: chosen,
    url: `redis://127.0.0.1:${chosen}`,
    async close() {
      child.kill('SIGKILL')
      await ended
    }
  }
}
