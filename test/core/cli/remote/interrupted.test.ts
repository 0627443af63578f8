import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { startServer } from '../../../helpers/server.js'
import { temporaryFolder } from '../../../helpers/build.js'
import { callApi, CODE, createDeveloper, type Developer } from './moonlet.js'

const names = Array.from({ length: 20 }, (_, index) => `f${index}`)
const NEW = CODE.replace('ok', 'new')

/** What stands between the program and the server, and says when a push goes by. */
async function createGate(t: Test, target: string) {
  const { port } = new URL(target)
  let onPush: (() => void | Promise<void>) | undefined
  let breaks: 'before' | 'after' | undefined
  const gate: Server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const isPush = url === '/api/push'
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.once('end', () => {
      void (async () => {
        if (isPush && breaks === 'before') {
          await onPush?.()
          incoming.socket.destroy()
          return
        }
        const passed = request({ port, host: '127.0.0.1', method, path: url, headers }, answer => {
          if (!isPush || breaks === undefined) {
            outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
            answer.pipe(outgoing)
            return
          }
          answer.resume().once('end', () => {
            void Promise.resolve(onPush?.()).then(() => incoming.socket.destroy())
          })
        })
        passed.once('error', () => incoming.socket.destroy())
        passed.end(Buffer.concat(chunks))
      })()
    })
  })
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  t.teardown(() => {
    gate.closeAllConnections()
    gate.close()
  })
  return {
    base: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    breakPush(when: 'before' | 'after' | undefined, then?: () => void | Promise<void>) {
      breaks = when
      onPush = then
    }
  }
}

async function withFunctions(t: Test) {
  const DATA_DIR = await temporaryFolder(t)
  const server = await startServer(t, { DATA_DIR })
  const gate = await createGate(t, server.base)
  const ana = await createDeveloper(t, { MOONLET_URL: gate.base, MOONLET_TOKEN: server.key })
  for (const name of names) await ana.write(`${name}/main.lua`, CODE)
  t.equal((await ana.moonlet('push', '--yes')).code, 0)
  for (const name of names) await ana.write(`${name}/main.lua`, NEW)
  return { server, gate, ana, DATA_DIR }
}

const codes = async (server: { base: string; key: string }): Promise<string[]> => {
  const { functions } = await callApi(server, 'GET', '/api/functions?limit=100')
  return functions.map((fn: { active_version: { code: string } }) => fn.active_version.code)
}

const all = (code: string): string[] => names.map(() => code)

const pushAgain = (ana: Developer) => ana.moonlet('push', '--yes')

t.test('a push whose answer is lost is found to be done', async t => {
  const { server, gate, ana } = await withFunctions(t)
  gate.breakPush('after')
  t.match(await ana.moonlet('push', '--yes'), { code: 0 })
  t.same(await codes(server), all(NEW))
  t.match(await pushAgain(ana), { code: 0, out: /^Nothing to push/ })
})

t.test('a push that never arrived is found not to be done, and says so', async t => {
  const { server, gate, ana } = await withFunctions(t)
  gate.breakPush('before')
  t.match(await ana.moonlet('push', '--yes', '--json'), {
    code: 1,
    err: '',
    json: { error: /as it was before it, nothing was changed/, outcome: 'not-done' }
  })
  t.same(await codes(server), all(CODE))
  gate.breakPush(undefined)
  t.equal((await pushAgain(ana)).code, 0)
  t.same(await codes(server), all(NEW))
})

t.test('killed during a push: the next command says whether it is done', async t => {
  for (const [when, code, words] of [
    ['before', CODE, /interrupted: the server is as it was before it/],
    ['after', NEW, /interrupted: the server is as it should be after it/]
  ] as const) {
    const { server, gate, ana } = await withFunctions(t)
    const pushing = ana.start('push', '--yes')
    gate.breakPush(when, () => {
      pushing.kill('SIGKILL')
    })
    t.equal((await pushing.ended).code, 'SIGKILL')
    gate.breakPush(undefined)
    t.same(await codes(server), all(code), `${when}: all functions are alike`)
    t.match(await ana.moonlet('diff'), { code: 0, err: words })
    t.notMatch((await ana.moonlet('diff')).err, /interrupted/, 'told once')
    t.equal((await pushAgain(ana)).code, 0)
    t.same(await codes(server), all(NEW))
  }
})

t.test('the server is killed during a push: all functions are old or all are new', async t => {
  for (const when of ['before', 'after'] as const) {
    const { server, gate, ana, DATA_DIR } = await withFunctions(t)
    gate.breakPush(when, async () => {
      await server.stop('SIGKILL')
    })
    const { code, err } = await ana.moonlet('push', '--yes')
    t.equal(code, 5)
    t.match(err, /is not known; it is done as a whole or not at all/)
    const again = await startServer(t, { DATA_DIR })
    t.same(await codes(again), all(when === 'before' ? CODE : NEW))
    await again.stop('SIGKILL')
  }
})
