/** `moonlet plugin new`: what it writes works as it is, and can be added to a server. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { startServer } from '../../../helpers/server.js'
import { temporaryFolder } from '../../../helpers/build.js'

const exec = promisify(execFile)
const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))

t.test('the template passes its own tests, is added, and served', async t => {
  const cwd = await temporaryFolder(t)
  const data = join(cwd, 'data')
  const moonlet = (...args: string[]) =>
    exec(process.execPath, [program, '--data-dir', data, 'plugin', ...args], { cwd, env: {} }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error
    )
  t.match(await moonlet('new', 'shop-tools'), {
    code: 0,
    stdout: /^Wrote \S+moonlet-plugin-shop-tools\. /
  })
  const folder = join(cwd, 'moonlet-plugin-shop-tools')
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8')
    t.notMatch(`${entry.name} ${text}`, /my[-_ ]plugin/i, entry.name)
  }
  const { stdout } = await exec(process.execPath, ['--test'], {
    cwd: folder,
    env: { PATH: process.env.PATH }
  })
  t.match(stdout, /pass 3\n[^]*fail 0\n/)

  t.match(await moonlet('add', folder), { code: 0, stdout: /^Added shop-tools 0\.1\.0/ })
  const server = await startServer(t, { DATA_DIR: data })
  const headers = { authorization: `Bearer ${server.key}` }
  const ask = async (path: string) => await fetch(server.base + path, { headers })
  t.match(await (await ask('/plugins/shop-tools/')).text(), '<h1>Shop tools</h1>')
  t.same(await (await ask('/plugins/shop-tools/greetings')).json(), [])
  const { paths } = (await (await ask('/docs/openapi.json')).json()) as {
    paths: Record<string, { get: object }>
  }
  t.match(paths['/plugins/shop-tools/greetings']?.get, {
    tags: ['shop-tools'],
    summary: 'List the latest greetings',
    responses: {
      200: {
        content: { 'application/json': { schema: { type: 'array', items: { type: 'string' } } } }
      }
    }
  })

  t.match(await moonlet('new', 'shop-tools'), { code: 1, stderr: /is there already/ })
  for (const [name, why] of [
    ['Shop', /use small letters/],
    ['../x', /use small letters/],
    ['cron', /belongs to Moonlet itself/],
    ['string', /is one of Lua's own/],
    ['end', /is a word of the Lua language/]
  ] as const) {
    t.match(await moonlet('new', name), { code: 2, stderr: why }, name)
  }
  t.same((await readdir(cwd)).toSorted(), ['data', 'moonlet-plugin-shop-tools'])
})
