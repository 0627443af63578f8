import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readOrCreateApiKey } from '../../../plugins/auth/api-key.js'
import { temporaryFolder } from '../../helpers/build.js'

t.test('the setting is the key and no file is made', async t => {
  const DATA_DIR = await temporaryFolder(t)
  t.same(await readOrCreateApiKey({ API_KEY: 'set', DATA_DIR }), { key: 'set' })
  t.same(await readdir(DATA_DIR), [])
})

t.test('the first start makes a key of 64 hex characters that only its owner can read', async t => {
  const DATA_DIR = join(await temporaryFolder(t), 'new', 'data')
  const { key, createdFile } = await readOrCreateApiKey({ API_KEY: undefined, DATA_DIR })
  t.match(key, /^[0-9a-f]{64}$/)
  t.equal(createdFile, join(DATA_DIR, 'api_key.txt'))
  t.equal((await readFile(join(DATA_DIR, 'api_key.txt'), 'utf8')).trim(), key)
  t.equal((await stat(join(DATA_DIR, 'api_key.txt'))).mode & 0o777, 0o600)
  t.same(await readdir(DATA_DIR), ['api_key.txt'], 'nothing else is left in the folder')
})

t.test('the next start reads the same key and does not say that it made one', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const { key } = await readOrCreateApiKey({ API_KEY: undefined, DATA_DIR })
  t.same(await readOrCreateApiKey({ API_KEY: undefined, DATA_DIR }), { key })
})

t.test('starts at the same time agree on one key', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const keys = await Promise.all(
    Array.from({ length: 8 }, () => readOrCreateApiKey({ API_KEY: undefined, DATA_DIR }))
  )
  t.equal(new Set(keys.map(({ key }) => key)).size, 1)
  t.equal(keys.filter(({ createdFile }) => createdFile !== undefined).length, 1)
})

t.test('a key written by hand may end with newlines', async t => {
  const DATA_DIR = await temporaryFolder(t)
  await writeFile(join(DATA_DIR, 'api_key.txt'), 'by-hand\r\n\n')
  t.same(await readOrCreateApiKey({ API_KEY: undefined, DATA_DIR }), { key: 'by-hand' })
})

t.test('a file without a key stops the start and says what to do', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const file = join(DATA_DIR, 'api_key.txt')
  await writeFile(file, '\n')
  await t.rejects(readOrCreateApiKey({ API_KEY: undefined, DATA_DIR }), {
    code: 'SETTINGS_INVALID',
    message: `The API key file ${file} is empty. Delete it to have a new key made, or set API_KEY.`
  })
  await writeFile(file, 'two words')
  await t.rejects(readOrCreateApiKey({ API_KEY: undefined, DATA_DIR }), {
    code: 'SETTINGS_INVALID',
    message: /one key without blanks/
  })
})

t.test('a file that cannot be read stops the start and says why', async t => {
  const DATA_DIR = await temporaryFolder(t)
  await mkdir(join(DATA_DIR, 'api_key.txt'))
  await t.rejects(readOrCreateApiKey({ API_KEY: undefined, DATA_DIR }), {
    code: 'SETTINGS_INVALID',
    message: /cannot be read \(EISDIR\)/
  })
})

t.test('a folder that cannot be made stops the start and says why', async t => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'file'), '')
  await t.rejects(
    readOrCreateApiKey({ API_KEY: undefined, DATA_DIR: join(folder, 'file', 'data') }),
    { code: 'SETTINGS_INVALID', message: /api_key.txt cannot be (read|made) \(ENOTDIR\)/ }
  )
})
