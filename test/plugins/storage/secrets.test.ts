import t from 'tap'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFunction } from '../../contracts/storage-fixtures.js'
import { parseSecretKey } from '../../../config/secret-key.js'
import { rotateSecrets } from '../../../plugins/storage/secrets/rotate-secrets.js'
import { createSecretBox } from '../../../plugins/storage/secrets/secret-box.js'
import { loadSecretKey } from '../../../plugins/storage/secrets/secret-key.js'
import { openStorage } from '../../../plugins/storage/storage.js'
import { openParts } from './open-parts.js'
import { SECRET_KEY, temporaryFolder } from './open-storage.js'

const OTHER_KEY = Buffer.alloc(32, 9)

t.test('values of variables are not in the file, nor in the log beside it', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const { storage } = await openParts(t, file)
  const id = await createFunction(storage)
  await storage.env.set(id, 'PLAIN_NAME', 'very-secret-value')
  await storage.env.replace(id, { PLAIN_NAME: 'very-secret-value', OTHER: 'second-secret' })
  const written = () =>
    Promise.all(['', '-wal'].map(suffix => readFile(file + suffix, 'latin1').catch(() => '')))
  const open = (await written()).join()
  await storage.close()
  const closed = (await written()).join()
  for (const content of [open, closed]) {
    t.match(content, 'PLAIN_NAME')
    t.notMatch(content, /very-secret-value|second-secret/)
  }
})

t.test(
  'the same value is stored differently each time, and opens only in its place and with its key',
  async t => {
    const box = createSecretBox(SECRET_KEY)
    const sealed = box.seal('value ü', 'f1', 'A')
    t.not(
      Buffer.from(sealed).toString('hex'),
      Buffer.from(box.seal('value ü', 'f1', 'A')).toString('hex')
    )
    t.equal(box.open(sealed, 'f1', 'A'), 'value ü')
    const refused = { code: 'STORAGE_FAILED', message: /SECRET_KEY/ }
    t.throws(() => box.open(sealed, 'f2', 'A'), refused)
    t.throws(() => box.open(sealed, 'f1', 'B'), refused)
    t.throws(() => createSecretBox(OTHER_KEY).open(sealed, 'f1', 'A'), refused)
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed)
      changed[i]! ^= 1
      t.throws(() => box.open(changed, 'f1', 'A'), refused, `byte ${i}`)
    }
    t.throws(() => box.open(Buffer.of(1, 2, 3), 'f1', 'A'), refused)
  }
)

t.test('values from before encryption are read, and encrypted when written again', async t => {
  const { db, storage } = await openParts(t)
  const id = await createFunction(storage)
  db.prepare('insert into env (function, name, value) select seq, ?, ? from functions').run(
    'OLD',
    'in the clear'
  )
  t.equal(await storage.env.get(id, 'OLD'), 'in the clear')
  await storage.env.set(id, 'OLD', 'in the clear')
  t.type(db.prepare('select value from env').pluck().get(), Buffer)
  t.same(await storage.env.all(id), { OLD: 'in the clear' })
})

t.test('with another key the variables are refused, not shown wrong', async t => {
  const { db, storage } = await openParts(t)
  const id = await createFunction(storage)
  await storage.env.set(id, 'A', 'b')
  const other = await openStorage({ file: db.name, secretKey: OTHER_KEY })
  t.teardown(() => other.close())
  await t.rejects(other.env.get(id, 'A'), {
    code: 'STORAGE_FAILED',
    message: /A of the function .* another key/
  })
  await t.rejects(other.env.all(id), { code: 'STORAGE_FAILED' })
})

t.test('rotation gives all variables the new key, or none', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const { db, storage } = await openParts(t, file)
  const id = await createFunction(storage)
  await storage.env.replace(id, { A: '1', B: '2' })
  db.prepare('insert into env (function, name, value) select seq, ?, ? from functions').run(
    'OLD',
    'in the clear'
  )
  await storage.close()
  t.throws(() => rotateSecrets(file, OTHER_KEY, SECRET_KEY), {
    code: 'STORAGE_FAILED',
    message: /another key/
  })
  t.equal(rotateSecrets(file, SECRET_KEY, OTHER_KEY), 3)
  const rotated = await openStorage({ file, secretKey: OTHER_KEY })
  t.teardown(() => rotated.close())
  t.same(await rotated.env.all(id), { A: '1', B: '2', OLD: 'in the clear' })
})

t.test('the key file is made once, with mode 600, and read afterwards', async t => {
  const folder = await temporaryFolder(t)
  const key = await loadSecretKey(folder)
  t.equal(key.length, 32)
  t.equal((await stat(join(folder, 'secret.key'))).mode & 0o777, 0o600)
  t.same(await loadSecretKey(folder), key)
  t.same(await readdir(folder), ['secret.key'])
})

t.test(
  'a key file that holds no key, or cannot be read, stops the start with its name',
  async t => {
    const folder = await temporaryFolder(t)
    await writeFile(join(folder, 'secret.key'), 'short\n')
    await t.rejects(loadSecretKey(folder), {
      code: 'SETTINGS_INVALID',
      message: /secret\.key does not hold a key/
    })
    await mkdir(join(folder, 'x', 'secret.key'), { recursive: true })
    await t.rejects(loadSecretKey(join(folder, 'x')), {
      code: 'SETTINGS_INVALID',
      message: /secret\.key cannot be read/
    })
    await chmod(folder, 0o755)
  }
)

t.test('a key is 64 hex digits or base64 of 32 bytes', async t => {
  for (const text of [
    OTHER_KEY.toString('hex'),
    OTHER_KEY.toString('hex').toUpperCase(),
    OTHER_KEY.toString('base64'),
    OTHER_KEY.toString('base64url')
  ]) {
    t.ok(OTHER_KEY.equals(parseSecretKey(text)!), text)
  }
  for (const text of ['', 'x'.repeat(64), 'ab'.repeat(31), 'A'.repeat(42), 'A'.repeat(44)]) {
    t.equal(parseSecretKey(text), undefined, text)
  }
})
