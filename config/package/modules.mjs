/** Which packages a Moonlet needs to run, and what of them: copied from node_modules, so that no network is asked. */
import { cp, mkdir, readFile, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const CODE = /\.(js|cjs|mjs|json|node)$/
/** Also what says whose it is, whatever its ending. */
export const LICENCE_FILE = /^(licen[cs]e|copying|notice|third-?party-?notices)([-.].*)?$/i
/** Folders of a package that nothing loads. Only directly below it: deeper, `doc` may be a part of the code. */
const UNUSED =
  /^(tests?|__tests__|docs?|examples?|benchmarks?|bench|man|fixtures|coverage|src-typings)$/

const exists = path =>
  stat(path).then(
    () => true,
    () => false
  )

/** The packages of the lock file that are for use, on this kind of machine, and that are installed. */
export async function findModules(arch) {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const fits = ({ dev, os, cpu, libc }) =>
    dev !== true &&
    (os === undefined || os.includes('linux')) &&
    (cpu === undefined || cpu.includes(arch)) &&
    (libc === undefined || libc.includes('glibc'))
  const found = []
  for (const [path, entry] of Object.entries(packages)) {
    // Types are for editors.
    if (path === '' || !fits(entry) || path.startsWith('node_modules/@types/')) continue
    if (await exists(path)) found.push(path)
    else if (entry.optional !== true) throw new Error(`${path} is not installed: run \`npm ci\``)
  }
  return found
}

const runtimeOf = arch => `node_modules/node-linux-${arch}`

export const hasRuntime = arch => exists(join(runtimeOf(arch), 'bin/node'))

/** Copies what is loaded of each package into `folder`, with its licence. */
export async function copyModules(modules, folder, arch) {
  for (const path of modules) {
    const files =
      path === runtimeOf(arch)
        ? ['package.json', 'LICENSE', 'bin/node']
        : (await listFiles(path)).filter(file => isLoaded(file, arch))
    for (const file of files) {
      await mkdir(dirname(join(folder, path, file)), { recursive: true })
      await cp(join(path, file), join(folder, path, file))
    }
  }
}

function isLoaded(file, arch) {
  const parts = file.split('/')
  const name = parts.at(-1)
  if (parts.length > 1 && UNUSED.test(parts[0])) return false
  if (parts.some(part => part.startsWith('.'))) return false
  if (parts.length === 1 && LICENCE_FILE.test(name)) return true
  if (name.endsWith('.node')) return isForMachine(file, arch)
  return CODE.test(name) && !/\.(test|spec)\.[cm]?js$/.test(name)
}

/** Packages that bring binaries for every machine name them by it; of those for one Node.js, the runtime needs none. */
const isForMachine = (file, arch) =>
  !/musl|abi\d/.test(file) &&
  (!file.startsWith('prebuilds/') || file === `prebuilds/linux-${arch}.node`)

/** Paths below the package, without those of packages within it, which have entries of their own. */
async function listFiles(path, below = '') {
  const files = []
  for (const entry of await readdir(join(path, below), { withFileTypes: true })) {
    const file = join(below, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      files.push(...(await listFiles(path, file)))
    } else if (entry.isFile()) files.push(file)
  }
  return files
}
