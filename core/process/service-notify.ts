/**
 * Tells systemd how the server is: ready, alive (the watchdog), stopping. The protocol is a datagram to a
 * Unix socket, which Node cannot send and for which there is no well-kept package without native code; so
 * systemd's own `systemd-notify` sends it, a few milliseconds of another process every ten seconds.
 */
import { execa } from 'execa'
import type { FastifyInstance } from 'fastify'
import type { ServiceManager } from '../../config/load.js'

/** A notification that is not through by then is given up; the next one may be. */
const SEND_TIMEOUT_MS = 5_000

/**
 * Notifies `service` when `app` listens and when it begins to close. In between its event loop feeds the
 * watchdog three times as often as needed: a loop that hangs does not. To be called before `app.listen`.
 * A notification that fails is logged; it never stops the server.
 */
export function notifyService(app: FastifyInstance, service: ServiceManager): void {
  let watchdog: NodeJS.Timeout | undefined
  const send = async (...assignments: string[]) => {
    try {
      await execa('systemd-notify', assignments, {
        env: { NOTIFY_SOCKET: service.socket, PATH: service.path },
        extendEnv: false,
        stdin: 'ignore',
        timeout: SEND_TIMEOUT_MS
      })
    } catch (error) {
      app.log.error(
        { err: error },
        `systemd could not be told ${assignments.join(' ')}; the unit needs Type=notify, ` +
          'NotifyAccess=all and systemd-notify on PATH'
      )
    }
  }

  app.addHook('onListen', async () => {
    if (service.watchdogUsec !== undefined) {
      watchdog = setInterval(
        () => {
          void send('WATCHDOG=1')
        },
        service.watchdogUsec / 1000 / 3
      )
      watchdog.unref()
    }
    await send('READY=1')
  })
  app.addHook('preClose', async () => {
    await send('STOPPING=1')
  })
  app.addHook('onClose', async () => {
    clearInterval(watchdog)
  })
}
