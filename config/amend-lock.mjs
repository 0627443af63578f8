/**
 * `npm run lock`, after npm has written package-lock.json: adds to better-sqlite3's entry what npm does not keep.
 *
 * - `gypfile: false`, as in that package's own package.json. Without it `npm ci` takes the sources that lie beside
 *   the binaries for something to compile, and fails where there is no Python and no compiler.
 * - No `engines`: npm looks at the Node.js that runs npm, where better-sqlite3 only ever runs on the runtime.
 *
 * A test fails where this was forgotten.
 */
import { readFile, writeFile } from 'node:fs/promises'

const file = 'package-lock.json'
const lock = JSON.parse(await readFile(file, 'utf8'))
const entry = lock.packages['node_modules/better-sqlite3']
entry.gypfile = false
delete entry.engines
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`)
