/** The first steps of the README are run as they stand there, in a shell with curl. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryFolder } from '../helpers/build.js'
import { startServer } from '../helpers/server.js'

const run = promisify(execFile)

/** All that is for a shell between this heading and the next one. */
async function commandsOf(heading: string): Promise<string> {
  const readme = await readFile('README.md', 'utf8')
  const begin = readme.indexOf(`## ${heading}\n`)
  const section = readme.slice(begin, readme.indexOf('\n## ', begin))
  return Array.from(section.matchAll(/^```sh\n([^]*?)^```$/gm), ([, block]) => block).join('')
}

t.test('the first function counts to ten, and a key opens it', async t => {
  const server = await startServer(t)
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'data/api_key.txt'), `${server.key}\n`)
  const first = await commandsOf('Your first function')
  t.match(first, 'counter.lua')
  const keys = await commandsOf('Who may call, how often, and how much')
  t.match(keys, 'FUNCTION_KEY')
  const script = `${first}\n${keys}`.replaceAll('http://localhost:3000', server.base)
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' }
  })
  const counts = [...stdout.matchAll(/^\{"count":(\d+)\}/gm)].map(([, count]) => Number(count))
  t.same(counts, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 'the last one with the key')
})
