/**
 * Tells systemd how the server is: ready, alive (the watchdog), stopping. The protocol is a datagram to a
 * Unix socket, which Node cannot send and for which there is no well-kept package without native code; so
 * systemd's own `systemd-notify` sends it, a few milliseconds of another process every ten seconds.
 */
import { execa } from 'execa'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ServiceManager } from '../../config/load.js'

/** A notification that is not through by then is given up; the next one may be. */
const SEND_TIMEOUT_MS = 5_000

export interface ServiceNotifier {
  /** It serves, or serves again after `reloading`. */
  ready(): Promise<void>
  reloading(): Promise<void>
  stopping(): Promise<void>
  /** Feeds the watchdog, if any, three times as often as needed until `unwatch`. An event loop that hangs does not. */
  watch(): void
  unwatch(): void
}

/** A notification that fails is logged; it never stops the server. */
export function createNotifier(
  service: ServiceManager,
  log: Pick<FastifyBaseLogger, 'error'>
): ServiceNotifier {
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
      log.error(
        { err: error },
        `systemd could not be told ${assignments.join(' ')}; the unit needs Type=notify, ` +
          'NotifyAccess=all and systemd-notify on PATH'
      )
    }
  }
  return {
    ready: () => send('READY=1'),
    // It wants to know when, by the same clock as its own.
    reloading: () => send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => send('STOPPING=1'),
    watch() {
      if (service.watchdogUsec === undefined) return
      watchdog = setInterval(
        () => {
          void send('WATCHDOG=1')
        },
        service.watchdogUsec / 1000 / 3
      )
      watchdog.unref()
    },
    unwatch() {
      clearInterval(watchdog)
    }
  }
}

/** Notifies `service` when `app` listens and when it begins to close. To be called before `app.listen`. */
export function notifyService(app: FastifyInstance, service: ServiceManager): void {
  const notifier = createNotifier(service, app.log)
  app.addHook('onListen', async () => {
    notifier.watch()
    await notifier.ready()
  })
  app.addHook('preClose', notifier.stopping)
  app.addHook('onClose', async () => {
    notifier.unwatch()
  })
}
