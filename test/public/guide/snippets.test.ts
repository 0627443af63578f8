/** Every command and every piece of Lua in the guide is run as it stands there, on a started server. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { lexer, type Token } from 'marked'
import { temporaryFolder } from '../../helpers/build.js'
import { startServer, type StartedServer } from '../../helpers/server.js'
import { fn, writeLunarDatabase } from '../../plugins/storage/import/lunar-database.js'

const FOLDER = 'public/guide'
const FIRST = 'first-function.md'
const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))
/** Its commands want PostgreSQL: several-machines.test.ts runs them. */
const ON_POSTGRES = 'several-machines.md'
/** What is shown and not run: answers, and settings of other programs. */
const SHOWN = ['json', 'nginx', 'caddy', 'yaml']

const chapters = (await readdir(FOLDER)).filter(file => file.endsWith('.md'))
const tokensOf = async (file: string): Promise<Token[]> =>
  lexer(await readFile(join(FOLDER, file), 'utf8'))

const blocksOf = async (file: string, language: string): Promise<string[]> =>
  (await tokensOf(file)).flatMap(token =>
    token.type === 'code' && token['lang'] === language ? [String(token['text'])] : []
  )

/** A shell in which the guide's commands find what they name, and `curl` fails for an error as people would see it. */
async function openShell(t: Test, { base, key }: StartedServer, DATA_DIR: string) {
  const folder = await temporaryFolder(t)
  const bin = join(folder, 'bin')
  const work = join(folder, 'work')
  for (const [name, line] of [
    ['moonlet', `exec '${process.execPath}' '${program}' "$@"`],
    ['curl', 'exec /usr/bin/curl --fail-with-body "$@"']
  ] as const) {
    await mkdir(bin, { recursive: true })
    await writeFile(join(bin, name), `#!/bin/sh\n${line}\n`)
    await chmod(join(bin, name), 0o755)
  }
  await mkdir(join(work, 'data'), { recursive: true })
  await writeFile(join(work, 'data/api_key.txt'), `${key}\n`)
  const env = {
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    DATA_DIR
  }
  const run = (script: string) =>
    promisify(execFile)('bash', ['-ec', script.replaceAll('http://localhost:3000', base)], {
      cwd: work,
      env,
      timeout: 120_000
    })
  return { run, work }
}

t.test('there are all chapters, each with a title and headings of its own', async t => {
  const main = await readFile(`${FOLDER}/main.ts`, 'utf8')
  for (const file of chapters) {
    t.match(main, `'./${file}'`, `${file} is in the guide`)
    const tokens = await tokensOf(file)
    t.match(tokens[0], { type: 'heading', depth: 1 }, file)
    const titles = tokens.flatMap(token =>
      token.type === 'heading' ? [String(token['text'])] : []
    )
    t.equal(new Set(titles).size, titles.length, `${file} has no heading twice`)
    t.notOk(
      tokens.some(token => token.type === 'html'),
      `${file} has no HTML`
    )
    for (const token of tokens) {
      if (token.type !== 'code') continue
      t.ok(
        ['sh', 'lua', ...SHOWN].includes(String(token['lang'])),
        `${file}: ${String(token['lang'])}`
      )
    }
  }
})

t.test('links lead to chapters and headings that there are', async t => {
  const toAnchor = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
  for (const file of chapters) {
    const text = await readFile(join(FOLDER, file), 'utf8')
    for (const [, href = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (href.startsWith('https://')) continue
      const [, name = '', anchor = ''] = /^([\w-]+)\.md(?:#(.+))?$/.exec(href) ?? []
      t.ok(chapters.includes(`${name}.md`), `${file}: ${href}`)
      if (anchor === '') continue
      const titles = (await tokensOf(`${name}.md`)).flatMap(token =>
        token.type === 'heading' ? [toAnchor(String(token['text']))] : []
      )
      t.ok(titles.includes(anchor), `${file}: ${href}`)
    }
  }
})

t.test('what the README begins with is the first chapter', async t => {
  const readme = await readFile('README.md', 'utf8')
  const [make = '', call = ''] = await blocksOf(FIRST, 'sh')
  for (const block of [make, call]) t.ok(readme.includes(block), block)
})

t.test('every command works', async t => {
  const before = (await blocksOf(FIRST, 'sh')).join('\n')
  for (const file of chapters) {
    const own = (await blocksOf(file, 'sh')).join('\n')
    if (own === '' || file === ON_POSTGRES) continue
    await t.test(file, async t => {
      const DATA_DIR = await temporaryFolder(t)
      const server = await startServer(t, { DATA_DIR })
      const { run, work } = await openShell(t, server, DATA_DIR)
      writeLunarDatabase(join(work, 'lunar.db'), { functions: [fn()] })
      const script = file === FIRST ? own : `{\n${before}\n} >before.log\n${own}`
      const outcome = await run(script).then(
        () => 'done',
        (error: { stdout: string; stderr: string }) => `${error.stdout}\n${error.stderr}`
      )
      t.equal(outcome, 'done', file)
    })
  }
})

t.test('every piece of Lua is a function that answers', async t => {
  const server = await startServer(t)
  const ask = async (path: string, body: object) =>
    (
      await fetch(server.base + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}` },
        body: JSON.stringify(body)
      })
    ).json() as Promise<Record<string, any>> // eslint-disable-line @typescript-eslint/no-explicit-any -- see tests
  for (const file of chapters) {
    for (const code of await blocksOf(file, 'lua')) {
      const { id } = await ask('/api/functions', { name: file, code })
      for (const event of [
        { method: 'GET', path: '/items/7' },
        { method: 'POST', path: '/', body: '{"a":1}' }
      ]) {
        const answer = await ask(`/api/functions/${id}/draft`, { code, event })
        t.equal(answer['error'], undefined, `${file}: ${code}`)
        t.ok(answer['status_code'] < 400, `${file}: ${answer['body']}`)
      }
    }
  }
})
