/**
 * The container image, without an engine: buildah builds it from config/Containerfile on a root of mmdebstrap, umoci
 * unpacks it, crun starts it as engines do: not root, root read-only, no capabilities, one volume.
 */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { execa } from 'execa'
import { findFreePort } from '../helpers/free-port.js'
import { countOn, doMainJob, watchInstalled, type Installed } from './main-job.js'
import { findTarball } from './root.js'
import { seccompOf, type EngineProfile } from './seccomp.js'

const run = promisify(execFile)
const USER = 10001

/** What is said at start about the sandboxes' barriers, by the seccomp profile that the container has. */
const expected: readonly (readonly [EngineProfile, RegExp])[] = [
  ['podman', /all sandbox barriers are up/],
  ['docker', /an empty network namespace/]
]

export async function checkContainer(): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'moonlet-image-'))
  try {
    const bundle = await buildBundle(work)
    let id: string | undefined
    for (const [profile, barriers] of expected) {
      const container = await start(work, bundle, profile)
      try {
        await waitForOutput(container.server, barriers, profile)
        if (id === undefined) id = await checkFirst(container)
        else await countOn(container.server, id, 11)
        await container.stop()
      } finally {
        await container.remove()
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

/** The log is written a moment after the address is printed. */
async function waitForOutput({ output }: Installed, wanted: RegExp, what: string): Promise<void> {
  for (let tries = 0; tries < 200 && !wanted.test(output()); tries++) await pause(50)
  assert.match(output(), wanted, what)
}

/** Who it runs as, what it may write, whether it is said to be well, and the main job; gives the function's id. */
async function checkFirst({ server, exec }: Container): Promise<string> {
  assert.match(await exec('cat', '/proc/1/status'), new RegExp(`^Uid:\\t${USER}\\t${USER}\\t`, 'm'))
  await assert.rejects(exec('touch', '/usr/written'), /Read-only file system/)
  await exec(...(await readHealthCheck()))
  return await doMainJob(server)
}

/** Builds the image and unpacks it; gives the folder for crun. */
async function buildBundle(work: string): Promise<string> {
  const store = ['--root', join(work, 'store'), '--runroot', join(work, 'run')]
  const buildah = async (...args: string[]) =>
    (await run('buildah', [...store, '--storage-driver', 'vfs', ...args])).stdout.trim()
  const base = await buildah('from', 'scratch')
  await buildah('add', base, await findTarball(), '/')
  await buildah('commit', '--rm', base, 'docker.io/library/debian:stable-slim')
  const file = ['-f', 'config/Containerfile', '-t', 'moonlet']
  await buildah('bud', '--isolation', 'chroot', '--pull-never', ...file, '.')
  await buildah('push', 'moonlet', `oci:${work}/oci:latest`)
  await run('umoci', ['unpack', '--image', `${work}/oci:latest`, join(work, 'bundle')])
  await mkdir(join(work, 'data'), { mode: 0o700 })
  await chown(join(work, 'data'), USER, USER)
  return join(work, 'bundle')
}

interface Container {
  readonly server: Installed
  /** Runs a program in it, as its user; gives what that printed. */
  readonly exec: (...command: string[]) => Promise<string>
  /** Asks it to end, and sees that it does. */
  readonly stop: () => Promise<void>
  readonly remove: () => Promise<unknown>
}

async function start(work: string, bundle: string, profile: EngineProfile): Promise<Container> {
  const file = join(bundle, 'config.json')
  const config = JSON.parse(await readFile(file, 'utf8'))
  const port = await findFreePort()
  assert.deepEqual(config.process.args, ['moonlet', 'serve'])
  assert.equal(config.process.user.uid, USER)
  config.process = {
    ...config.process,
    terminal: false,
    capabilities: {},
    noNewPrivileges: true,
    env: [...withoutPort(config.process.env), 'HOST=127.0.0.1', `PORT=${port}`]
  }
  config.root.readonly = true
  config.mounts = [
    ...config.mounts.filter(
      ({ destination }: { destination: string }) => !/^\/(data|sys\/fs\/cgroup)$/.test(destination)
    ),
    { destination: '/data', type: 'bind', source: join(work, 'data'), options: ['rbind', 'rw'] },
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev'] }
  ]
  // This machine's network, so that the test reaches the port.
  config.linux.namespaces = config.linux.namespaces.filter(
    ({ type }: { type: string }) => type !== 'network'
  )
  delete config.linux.resources
  config.linux.seccomp = await seccompOf(profile)
  await writeFile(file, JSON.stringify(config))
  const name = `moonlet-${profile}-${process.pid}`
  const crun = (...args: readonly string[]) => [...CRUN, '--root', join(work, 'crun'), ...args]
  const child = spawn('unshare', crun('run', '--bundle', bundle, name), {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const server = await watchInstalled(child, join(work, 'data/api_key.txt'))
  const ended = new Promise(resolve => child.once('exit', resolve))
  return {
    server,
    exec: async (...command: string[]) =>
      (await execa('unshare', crun('exec', '--user', `${USER}:${USER}`, name, ...command))).stdout,
    stop: async () => {
      await run('unshare', crun('kill', name, 'TERM'))
      assert.equal(await ended, 0, server.output())
    },
    remove: () => execa('unshare', crun('delete', '--force', name), { reject: false })
  }
}

/** crun refuses machines that have both versions of cgroups mounted; containers here have limits of neither. */
const CRUN = [
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-c',
  'umount -l /sys/fs/cgroup/unified 2>/dev/null; exec crun --cgroup-manager=disabled "$@"',
  'crun'
]

const withoutPort = (env: readonly string[]) => env.filter(entry => !/^(PORT|HOST)=/.test(entry))

/** buildah leaves it out of images of the OCI form, which has no place for it. */
async function readHealthCheck(): Promise<string[]> {
  const text = (await readFile('config/Containerfile', 'utf8')).replaceAll('\\\n', '')
  const [, command] = /^HEALTHCHECK .*?CMD (\[.*\])$/m.exec(text) ?? []
  assert.ok(command !== undefined, 'there is a health check')
  return JSON.parse(command)
}
