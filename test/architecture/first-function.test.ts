/** The first steps of the README, and the guide's with a key, are run as they stand there, in a shell with curl. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryFolder } from '../helpers/build.js'
import { startServer } from '../helpers/server.js'

const run = promisify(execFile)

/** All that is for a shell between this heading and the next one. */
async function commandsOf(file: string, heading: string): Promise<string> {
  const text = `${await readFile(file, 'utf8')}\n## `
  const begin = text.indexOf(`## ${heading}\n`)
  const section = text.slice(begin, text.indexOf('\n## ', begin))
  return Array.from(section.matchAll(/^```sh\n([^]*?)^```$/gm), ([, block]) => block).join('')
}

t.test('the first function counts to ten, and a key opens it', async t => {
  const server = await startServer(t)
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'data/api_key.txt'), `${server.key}\n`)
  const first = await commandsOf('README.md', 'Your first function')
  t.match(first, 'counter.lua')
  const keys = await commandsOf('public/guide/access.md', 'An example')
  t.match(keys, 'FUNCTION_KEY')
  const script = `${first}\n${keys}`.replaceAll('http://localhost:3000', server.base)
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' }
  })
  const counts = [...stdout.matchAll(/^\{"count":(\d+)\}/gm)].map(([, count]) => Number(count))
  t.same(counts, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 'the last one with the key')
})
