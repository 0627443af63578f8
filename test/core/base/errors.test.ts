import t from 'tap'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const LIST = 'core/base/errors.ts'

/** All sources of the server as one text, without the list of codes itself. */
async function readSources(): Promise<string> {
  const texts: string[] = []
  for (const top of ['config', 'core', 'plugins', 'sandbox']) {
    const paths = await readdir(top, { recursive: true })
    for (const path of paths.filter(path => path.endsWith('.ts'))) {
      const file = join(top, path)
      if (file !== LIST) texts.push(await readFile(file, 'utf8'))
    }
  }
  return texts.join('\n')
}

t.test('every error code is one that something says', async t => {
  const list = await readFile(LIST, 'utf8')
  const codes = Array.from(list.matchAll(/^ {2}([A-Z_]+): \d{3},?$/gm), ([, code = '']) => code)
  t.ok(codes.length > 30, 'codes are found')
  const sources = await readSources()
  t.same(
    codes.filter(code => !sources.includes(`'${code}'`)),
    []
  )
})
