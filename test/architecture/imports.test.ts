import t from 'tap'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** Every import of a source file of ours, both ends as paths from the top. */
async function imports(): Promise<Array<{ from: string; to: string; typeOnly: boolean }>> {
  const found = []
  for (const folder of ['core', 'config', 'sandbox', 'plugins', 'public']) {
    for (const file of await readdir(folder, { recursive: true }).catch(() => [])) {
      if (!file.endsWith('.ts') || file.includes('node_modules')) continue
      const from = join(folder, file)
      const text = await readFile(from, 'utf8')
      for (const match of text.matchAll(
        /^(import|export)\s(type\s)?(?:[^'"]*?\sfrom\s)?['"](\.[^'"]+)['"]/gm
      )) {
        found.push({
          from,
          to: relative('.', join(dirname(from), match[3] as string)).replace(/\.js$/, '.ts'),
          typeOnly: match[2] !== undefined
        })
      }
    }
  }
  return found
}

const all = await imports()
const inFolder = (path: string, folder: string) => path.startsWith(`${folder}/`)
const list = (rows: typeof all) => rows.map(({ from, to }) => `${from} imports ${to}`)

t.test('there is something to check', async t => {
  t.ok(all.length > 30)
})

t.test('only core/app imports plugins', async t => {
  const bad = all.filter(
    ({ from, to }) =>
      inFolder(to, 'plugins') &&
      !inFolder(from, 'plugins') &&
      from !== 'core/app.ts' &&
      !(/^sandbox\/(child|lua)\//.test(from) && inFolder(to, 'plugins/lua')) &&
      !(inFolder(from, 'core/cli') && inFolder(to, 'plugins/storage'))
  )
  t.same(list(bad), [])
})

t.test('a plugin never imports another plugin', async t => {
  const room = (path: string) => {
    const [, first, second] = path.split('/')
    return first === 'lua' || first === 'triggers' ? `${first}/${second}` : first
  }
  const shared = /^plugins\/lua\/[^/]+\.ts$/
  const bad = all.filter(
    ({ from, to, typeOnly }) =>
      inFolder(from, 'plugins') &&
      inFolder(to, 'plugins') &&
      room(from) !== room(to) &&
      !shared.test(from) &&
      !shared.test(to) &&
      !typeOnly
  )
  t.same(list(bad), [])
})

t.test('the sandbox child imports no server code', async t => {
  const childAndLocals = (path: string) =>
    inFolder(path, 'sandbox/child') || inFolder(path, 'sandbox/lua')
  const allowed =
    /^(sandbox\/(child|lua|protocol)\/|plugins\/lua\/|core\/lua\/(errors|types|manifest)|core\/base\/binary)/
  const bad = all.filter(
    ({ from, to, typeOnly }) => childAndLocals(from) && !allowed.test(to) && !typeOnly
  )
  t.same(list(bad), [])
})

t.test("core imports configuration, the sandbox's server side, and itself", async t => {
  const bad = all.filter(
    ({ from, to, typeOnly }) =>
      inFolder(from, 'core') &&
      from !== 'core/app.ts' &&
      !inFolder(from, 'core/cli') &&
      !typeOnly &&
      !/^(core|config|sandbox)\//.test(to)
  )
  t.same(list(bad), [])
  t.same(
    list(
      all.filter(
        ({ from, to, typeOnly }) =>
          inFolder(from, 'core') && /^sandbox\/(child|lua)\//.test(to) && !typeOnly
      )
    ),
    []
  )
})

t.test('public talks HTTP only', async t => {
  t.same(
    list(
      all.filter(
        ({ from, to, typeOnly }) => inFolder(from, 'public') && !inFolder(to, 'public') && !typeOnly
      )
    ),
    []
  )
})
