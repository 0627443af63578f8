/** Which built test files a run is about, and in which order they start. */
import { globSync, statSync } from 'node:fs'
import { relative, sep } from 'node:path'

/**
 * Files that compare the memory of a server before and after, or load it as far as it goes: others beside them would
 * change what they see.
 */
const ALONE = ['hostile-bodies', 'mixed-load', 'overload', 'strangers'].map(
  name => `dist/test/chaos/${name}.test.js`
)

/**
 * Files that hardly compute, since they wait for minutes of a schedule, for leases, for deadlines. The longest first.
 */
const WAITING = [
  'plugins/storage/postgres/nodes',
  'plugins/storage/postgres/cut-off',
  'plugins/front-door/limits',
  'plugins/storage/postgres/broken-connection',
  'plugins/storage/postgres/shared/alerts',
  'plugins/connections/bodies',
  'plugins/alerts/telling',
  'plugins/third-party/failures',
  'sandbox/process/rest'
].map(name => `dist/test/${name}.test.js`)

/** The longest start first, so that none of them is left over at the end. */
const FIRST = [
  ...WAITING,
  'dist/test/sandbox/lua/random-programs.test.js',
  'dist/test/e2e/together.test.js',
  'dist/test/chaos/cluster.test.js',
  'dist/test/plugins/lua/fuzz-sandbox.test.js',
  'dist/test/core/cli/remote/',
  'dist/test/core/process/workers/',
  'dist/test/e2e/',
  'dist/test/chaos/',
  'dist/test/sandbox/'
]

/** The built tests that these paths name, all of them when there is none. Throws when a path names none. */
export function findTests(paths) {
  if (paths.length === 0) return globSync('dist/test/**/*.test.js')
  return [...new Set(paths.flatMap(testsOf))]
}

/**
 * A path may be that of a test or of a folder of tests, built or not, and that of a source or a folder of sources,
 * whose tests stand in the same place below `test/`.
 */
function testsOf(path) {
  const given = relative('.', path).split(sep).join('/')
  const source = given.replace(/^dist\//, '')
  const built = source.replace(/(\.test)?\.[mc]?[jt]s$/, '')
  for (const name of [given, `dist/${built}`, `dist/test/${built}`]) {
    const files = filesOf(name)
    if (files.length > 0) return files
  }
  throw new Error(`There is no test for ${path}. Is it built (npm run build -- --tests)?`)
}

function filesOf(name) {
  if (name.endsWith('.test.js') && isFile(name)) return [name]
  if (isFile(`${name}.test.js`)) return [`${name}.test.js`]
  return globSync(`${name}/**/*.test.js`)
}

const isFile = name => statSync(name, { throwIfNoEntry: false })?.isFile() === true

/** Whether the file must not have others beside it. */
export const runsAlone = file => ALONE.includes(file)

/** Whether it takes hardly any processor time. */
export const waits = file => WAITING.includes(file)

/** The files in the order in which they shall start. */
export function inOrder(files) {
  const rankOf = file => {
    const rank = FIRST.findIndex(start => file.startsWith(start))
    return rank === -1 ? FIRST.length : rank
  }
  return files.toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b))
}
