import { chmod, readFile, writeFile } from 'node:fs/promises'
import { watch } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { loadServiceManager } from '../../../config/load.js'
import { notifyService } from '../../../core/process/service-notify.js'
import { temporaryFolder } from '../../helpers/build.js'

/** A `systemd-notify` that writes what it is told to the file in the place of the socket. */
async function serviceManager(t: Test, script = 'echo "$@" >> "$NOTIFY_SOCKET"') {
  const folder = await temporaryFolder(t)
  const program = join(folder, 'systemd-notify')
  await writeFile(program, `#!/bin/sh\n${script}\n`)
  await chmod(program, 0o755)
  const socket = join(folder, 'notify')
  await writeFile(socket, '')
  return {
    socket,
    path: `${folder}:/usr/bin:/bin`,
    told: async () => (await readFile(socket, 'utf8')).trim().split('\n')
  }
}

async function listening(t: Test, service: Parameters<typeof notifyService>[1]) {
  const app = Fastify()
  t.teardown(() => app.close())
  notifyService(app, service)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

t.test('tells when it is ready and when it stops', async t => {
  const manager = await serviceManager(t)
  const app = await listening(t, { ...manager, watchdogUsec: undefined })
  t.same(await manager.told(), ['READY=1'], 'ready as soon as it listens')
  await app.close()
  t.same(await manager.told(), ['READY=1', 'STOPPING=1'])
})

t.test('feeds the watchdog while the event loop turns', async t => {
  const manager = await serviceManager(t)
  const fed = new Promise<void>(resolve => {
    const watcher = watch(manager.socket, () => {
      void manager.told().then(told => {
        if (told.filter(line => line === 'WATCHDOG=1').length >= 2) {
          watcher.close()
          resolve()
        }
      })
    })
  })
  await listening(t, { ...manager, watchdogUsec: 90_000 })
  await fed
  t.ok(true, 'fed twice')
})

t.test('a notification that fails does not stop the server', async t => {
  const manager = await serviceManager(t, 'exit 1')
  const app = await listening(t, { ...manager, watchdogUsec: undefined })
  t.equal((await app.inject('/')).statusCode, 404, 'it answers')
})

t.test('without a service manager there is nothing to notify', async t => {
  t.equal(loadServiceManager({}), undefined)
  t.equal(loadServiceManager({ NOTIFY_SOCKET: '' }), undefined)
})

t.test('the watchdog is fed only by the process that is watched', async t => {
  const variables = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '30000000', PATH: '/bin' }
  t.same(loadServiceManager({ ...variables, WATCHDOG_PID: String(process.pid) }), {
    socket: '/run/notify',
    watchdogUsec: 30_000_000,
    path: '/bin'
  })
  t.equal(
    loadServiceManager({ ...variables, WATCHDOG_PID: String(process.pid + 1) })?.watchdogUsec,
    undefined
  )
  t.equal(loadServiceManager({ NOTIFY_SOCKET: '/run/notify' })?.watchdogUsec, undefined)
})
