/** Moonlet as a service has it: the built package, with the packages for use alone. */
import { spawn } from 'node:child_process'
import { access, cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { watchServer } from '../../core/process/server-process.js'
import { temporaryFolder } from '../helpers/build.js'

const WITHOUT_TOOLS =
  /^Moonlet cannot be built here, .+ `npm ci --include=dev`, or run the package that `npm pack` makes elsewhere.+$/

/** As on a machine that has npm and whatever Node.js it came with. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_OPTIONS: '' }

/** What `npm ci --omit=dev` would install, linked: the registry is not asked. */
async function linkPackages(folder: string): Promise<void> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  for (const [path, { dev }] of Object.entries(packages)) {
    if (dev === true || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path)) continue
    if (
      await access(path).then(
        () => false,
        () => true
      )
    ) {
      continue
    }
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await symlink(resolve(path), join(folder, path))
  }
}

async function unpacked(t: Test): Promise<string> {
  const top = await temporaryFolder(t)
  // Without its scripts, which would build again and take the tests away; they run on what the build made.
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', top], {
    env: { NODE_OPTIONS: '' }
  })
  const tarball = join(top, stdout.trim().split('\n').at(-1) as string)
  await execa('tar', ['xzf', tarball, '-C', top])
  return join(top, 'package')
}

t.test(
  'the package that npm packs runs with the packages for use alone, started by npm or its launcher',
  async t => {
    const folder = await unpacked(t)
    await t.rejects(access(join(folder, 'dist/test')), 'it has no tests in it')
    await linkPackages(folder)
    await t.rejects(access(join(folder, 'node_modules/esbuild')), 'and nothing to build with')
    const { stdout } = await execa(join(folder, 'dist/core/moonlet.sh'), ['--version'], {
      env: environment,
      extendEnv: false
    })
    t.equal(stdout, JSON.parse(await readFile('package.json', 'utf8')).version)
    // The way from a terminal, without a server and its settings.
    await mkdir(join(folder, 'functions'))
    const made = await execa(
      join(folder, 'dist/core/moonlet.sh'),
      ['new', 'notes', '--template', 'rest'],
      {
        cwd: join(folder, 'functions'),
        env: { ...environment, HOME: folder },
        extendEnv: false
      }
    )
    t.match(made.stdout, /notes\/main\.lua/)

    const env = {
      ...environment,
      HOME: folder,
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: join(folder, 'data')
    }
    const child = spawn('npm', ['start'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const { base, ended } = watchServer(child)
    t.equal((await fetch(`${await base}/readyz`)).status, 200)
    child.kill('SIGTERM')
    await ended
  }
)

t.test(
  'where development packages are not installed, one sentence says why nothing can be built',
  async t => {
    const folder = await temporaryFolder(t)
    await mkdir(join(folder, 'config'))
    for (const file of ['package.json', 'config/check-tools.mjs', 'config/build/main.mjs']) {
      await cp(file, join(folder, file))
    }
    for (const command of [['start'], ['run', 'build']]) {
      const { exitCode, stderr } = await execa('npm', ['--silent', ...command], {
        cwd: folder,
        env: { ...environment, HOME: folder },
        extendEnv: false,
        reject: false
      })
      t.equal(exitCode, 1)
      t.match(stderr, WITHOUT_TOOLS)
    }
  }
)

t.test(
  'the packed package carries the lock file, so that its packages are those it was tested with',
  async t => {
    const { files, scripts } = JSON.parse(await readFile('package.json', 'utf8'))
    t.ok(files.includes('npm-shrinkwrap.json'))
    t.match(scripts.prepack, /cp package-lock\.json npm-shrinkwrap\.json$/)
    t.equal(scripts.postpack, 'rm npm-shrinkwrap.json')
  }
)
