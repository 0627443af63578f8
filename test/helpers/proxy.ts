/** nginx and Caddy from the distribution, with the configurations that Moonlet brings along. */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { temporaryFolder } from './build.js'
import { endsWithUs } from './ends-with-us.js'
import { findFreePort } from './free-port.js'

export interface Proxy {
  readonly http: number
  readonly https: number
}

export interface ProxyOptions {
  /** Port of the Moonlet behind it. */
  readonly moonlet: number
  /** Names in the place of those in the file. */
  readonly names?: Readonly<Record<string, string>>
}

export interface ProxyProgram {
  readonly name: string
  readonly file: string
  /** Undefined: it is not installed. */
  readonly program: string | undefined
  readonly start: (t: Test, options: ProxyOptions) => Promise<Proxy>
}

/** What both files are given: everything in them but ports, names, certificates and the folder stays as it is. */
interface Place extends Proxy {
  readonly folder: string
  readonly text: string
}

const findProgram = (...places: string[]): string | undefined => places.find(existsSync)

export const nginx = describeProxy({
  name: 'nginx',
  file: 'config/nginx.conf',
  program: findProgram('/usr/sbin/nginx', '/usr/bin/nginx'),
  async configure({ folder, http, https, text }) {
    const moved = text
      .replaceAll(/(listen (?:\[::\]:)?)80;/g, `$1${http};`)
      .replaceAll(/(listen (?:\[::\]:)?)443 /g, `$1${https} `)
      .replaceAll(/\/etc\/letsencrypt\/live\/[^/]+/g, folder)
    // A machine without IPv6 refuses its addresses.
    const hasIPv6 = existsSync('/proc/net/if_inet6')
    await writeFile(
      join(folder, 'moonlet.conf'),
      hasIPv6 ? moved : moved.replaceAll(/^.*listen \[::\].*$/gm, '')
    )
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      name => `${name}_temp_path ${folder}/${name};`
    )
    // As around it on Debian, where gzip is on; the folders are the test's own.
    await writeFile(
      join(folder, 'nginx.conf'),
      `${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid; worker_processes 1; error_log stderr;
events { worker_connections 128; }
http { access_log off; gzip on; ${temporary.join(' ')} include ${folder}/moonlet.conf; }\n`
    )
    return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;']
  }
})

export const caddy = describeProxy({
  name: 'Caddy',
  file: 'config/Caddyfile',
  program: findProgram('/usr/bin/caddy'),
  async configure({ folder, http, https, text }) {
    const moved = text.replaceAll(
      /tls \S+ \S+/g,
      `tls ${folder}/fullchain.pem ${folder}/privkey.pem`
    )
    // Ports are a matter of the whole program there.
    const ports = `{\n\tadmin off\n\thttp_port ${http}\n\thttps_port ${https}\n}\n`
    await writeFile(join(folder, 'Caddyfile'), ports + moved)
    return ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile']
  }
})

interface Description extends Pick<ProxyProgram, 'name' | 'file' | 'program'> {
  /** Writes its files; gives the flags that it is started with. */
  readonly configure: (place: Place) => Promise<string[]>
}

function describeProxy({ configure, ...what }: Description): ProxyProgram {
  return {
    ...what,
    async start(t, options) {
      if (what.program === undefined) throw new Error(`${what.name} is not installed`)
      const place = await prepare(t, what.file, options)
      await run(t, what.program, await configure(place), place)
      return place
    }
  }
}

async function prepare(
  t: Test,
  file: string,
  { moonlet, names = {} }: ProxyOptions
): Promise<Place> {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'html'))
  await writeFile(join(folder, 'html/index.html'), 'something else\n')
  const subjects = ['moonlet.example.org', 'functions.example.org', 'www.example.org']
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '2', '-subj', '/CN=moonlet.test', '-keyout', join(folder, 'privkey.pem')],
    ...['-addext', `subjectAltName=${subjects.map(name => `DNS:${name}`).join()},IP:127.0.0.1`],
    ...['-out', join(folder, 'fullchain.pem')]
  ])
  let text = await readFile(file, 'utf8')
  text = text.replaceAll('127.0.0.1:3000', `127.0.0.1:${moonlet}`)
  text = text.replaceAll('/var/www/html', join(folder, 'html'))
  for (const [name, other] of Object.entries(names)) text = text.replaceAll(name, other)
  return { folder, text, http: await findFreePort(), https: await findFreePort() }
}

/** Resolves when both ports take connections; rejects with what the program said when it ends before. */
async function run(t: Test, program: string, flags: string[], place: Place): Promise<void> {
  const { folder } = place
  // Killed, nginx would leave its worker.
  const child = spawn(...endsWithUs('TERM', program, flags), {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  const state = { hasEnded: false }
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => {
      state.hasEnded = true
      resolve()
    })
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  for (const port of [place.http, place.https]) {
    while (!(await takesConnections(port))) {
      if (state.hasEnded) throw new Error(`${program} ended: ${output}`)
    }
  }
}

const takesConnections = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const end = (taken: boolean) => {
      socket.destroy()
      setTimeout(resolve, taken ? 0 : 20, taken)
    }
    socket.once('connect', () => {
      end(true)
    })
    socket.once('error', () => {
      end(false)
    })
  })
