/** Ports, the public address, and whom the server believes about its callers. */
import { createServer } from 'node:net'
import { withBasePath } from '../../config/address-settings.js'
import type { Config } from '../../config/schema.js'
import { outsideText } from '../base/outside-text.js'
import { portInUse, toSentence } from '../process/start-error.js'
import { findings, type Finding } from './finding.js'

/** A server that runs answers at once. */
const PATIENCE_MS = 5_000

type Network = Pick<
  Config,
  'PORT' | 'HOST' | 'BASE_URL' | 'BASE_PATH' | 'FUNCTIONS_HOST' | 'TRUST_PROXY'
>

export async function checkNetwork(config: Network): Promise<readonly Finding[]> {
  const { FUNCTIONS_HOST, BASE_URL, BASE_PATH } = config
  const ports = [config.PORT, ...(FUNCTIONS_HOST?.kind === 'port' ? [FUNCTIONS_HOST.port] : [])]
  return [
    ...(await Promise.all(ports.map(port => checkPort(port, config.HOST, BASE_PATH)))),
    ...checkProxy(config),
    ...(BASE_URL === undefined
      ? []
      : [await checkAddress(withBasePath(BASE_URL, BASE_PATH), BASE_PATH)])
  ]
}

async function checkPort(port: number, host: string, basePath: string): Promise<Finding> {
  const { ok, failed } = findings('port')
  if (port === 0) return ok('The system chooses a free port at each start (PORT is 0).')
  const error = await tryListen(port, host)
  if (error === undefined) return ok(`Port ${port} of ${host} is free.`)
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const isOwn =
    error.code === 'EADDRINUSE' &&
    (await isMoonlet(`http://${bracketed(local)}:${port}${basePath}`))
  if (isOwn) return ok(`A Moonlet answers on port ${port}.`)
  return failed(
    `Moonlet cannot listen on port ${port} of ${host}.`,
    error.code === 'EADDRINUSE' ? portInUse(host, port) : toSentence(error)
  )
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

const tryListen = (port: number, host: string) =>
  new Promise<NodeJS.ErrnoException | undefined>(resolve => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ port, host }, () => {
      server.close(() => {
        resolve(undefined)
      })
    })
  })

async function isMoonlet(base: string): Promise<boolean> {
  try {
    const answer = await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    return ((await answer.json()) as { status?: unknown }).status === 'ok'
  } catch {
    return false
  }
}

/** What a proxy in front tells is worth something only if it can be told from what callers write themselves. */
function checkProxy({ BASE_URL, HOST, TRUST_PROXY }: Network): readonly Finding[] {
  const { ok, warning } = findings('proxy')
  const isLocal = /^(127\.|::1$|localhost$)/.test(HOST)
  if (TRUST_PROXY === true && !isLocal) {
    return [
      warning(
        `Whoever reaches ${HOST} may say which address it has (TRUST_PROXY is true).`,
        "Set TRUST_PROXY to your proxy's address, or HOST to 127.0.0.1 where the proxy is on this machine."
      )
    ]
  }
  const isTrusted = TRUST_PROXY === true || (Array.isArray(TRUST_PROXY) && TRUST_PROXY.length > 0)
  if (isTrusted) return [ok('Callers have the address that the proxy tells.')]
  if (BASE_URL?.startsWith('https:') !== true) return []
  return [
    warning(
      'BASE_URL begins with https, so a proxy stands in front, and all callers have its address to Moonlet.',
      "Set TRUST_PROXY to the proxy's address (127.0.0.1 on this machine), and have it send X-Forwarded-For."
    )
  ]
}

async function checkAddress(base: string, basePath: string): Promise<Finding> {
  const { ok, warning } = findings('address')
  if (await isMoonlet(base)) return ok(`A Moonlet answers at ${base}.`)
  if (basePath !== '' && (await isOutside(`${base}/healthz`, basePath))) {
    return warning(
      `The proxy at ${base} does not pass on ${basePath} (BASE_PATH), so Moonlet finds nothing there.`,
      'Have it send requests on with the path that they came with; in nginx, proxy_pass without one of its own.'
    )
  }
  return warning(
    `No Moonlet answers at ${base} (BASE_URL) from this machine.`,
    'If one is running: check the name, the proxy and its certificate with curl -i, adding /healthz.'
  )
}

/** Whether a Moonlet says that this is outside of its BASE_PATH. */
async function isOutside(url: string, basePath: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    return answer.status === 404 && (await answer.text()) === outsideText(basePath)
  } catch {
    return false
  }
}
