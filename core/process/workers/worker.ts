/** One of several servers on a port. Its connections come from the process that started it (node:cluster). */
import cluster from 'node:cluster'
import { listen } from '../listen.js'
import { openServer, type OpenedServer } from '../open-server.js'
import { bearFileLimit, endInOrder } from '../shutdown.js'
import { Colleagues } from './colleagues.js'
import { giveConnectionsUp } from './give-connections-up.js'
import type { Order, WorkerTask } from './messages.js'
import { failStart, report } from './report.js'

/** Serves until it is told to end, or until the process that started it is gone. */
export async function serveAsWorker({ number, aliveEveryMs }: WorkerTask): Promise<void> {
  ignoreTerminal()
  try {
    const fail = (error: unknown): void => {
      void failStart(error)
    }
    const workers = new Colleagues(number)
    const server = await openServer({ failStart: fail, workers })
    followPrimary(server, workers)
    const { config, app } = server
    const address = await listen(app, config)
    await report({ kind: 'ready', address: address + config.BASE_PATH })
    if (aliveEveryMs !== undefined) {
      setInterval(() => {
        void report({ kind: 'alive' })
      }, aliveEveryMs).unref()
    }
  } catch (error) {
    await failStart(error)
  }
}

/** A terminal signals all of its processes; here the one that started the workers decides. */
function ignoreTerminal(): void {
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {})
}

function followPrimary({ app, flush }: OpenedServer, colleagues: Colleagues): void {
  let ending = false
  const end = (reason: string): void => {
    if (ending) return
    ending = true
    void endInOrder(app, flush, reason)
  }
  process.on('SIGTERM', end)
  bearFileLimit()
  process.on('message', (order: Order) => {
    colleagues.obey(order)
    if (order.kind !== 'retire') return
    void giveConnectionsUp(app).then(() => {
      end('retire')
    })
  })
  // Node would end this process at once, with all that runs.
  cluster.worker?.on('disconnect', () => {
    Object.assign(cluster.worker ?? {}, { exitedAfterDisconnect: true })
    app.log.error('the process that started this worker is gone')
    end('disconnect')
  })
}
