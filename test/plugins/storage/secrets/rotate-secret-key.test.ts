import { rename, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { createOfflineStorage } from '../../../../plugins/storage/offline.js'
import { recordWith } from '../../../helpers/alert-record.js'
import { SECRET_KEY, temporaryFolder } from '../open-storage.js'

const ID = 'd4l1ikp2rpqc73a0b1c0'

async function withSecrets(t: Test, key?: Uint8Array) {
  const folder = await temporaryFolder(t)
  const offline = (SECRET_KEY: Uint8Array | undefined = key) =>
    createOfflineStorage({ DATA_DIR: folder, SECRET_KEY })
  const { storage, close } = await offline().open({ alone: true })
  await storage.functions.create({ id: ID, name: 'f', description: undefined, code: '--', now: 1 })
  await storage.env.replace(ID, { A: 'one', B: 'zwei ☾' })
  await close()
  return {
    folder,
    offline,
    key: (name: string) => join(folder, name),
    async variables(key?: Uint8Array) {
      const { storage, close } = await offline(key).open({ alone: true })
      return storage.env.all(ID).finally(close)
    }
  }
}

t.test('after a rotation the new key opens everything and the old one nothing', async t => {
  const { offline, key, variables } = await withSecrets(t)
  const before = await readFile(key('secret.key'), 'utf8')
  t.same(await offline().rotateSecretKey(), { count: 2, keyFile: key('secret.key'), inUse: true })
  t.not(await readFile(key('secret.key'), 'utf8'), before)
  t.same(await variables(), { A: 'one', B: 'zwei ☾' })
  await t.rejects(variables(Buffer.from(before.trim(), 'hex')), {
    code: 'SETTINGS_INVALID'
  })
})

t.test(
  'what variables were before is opened by the new key as well, and nobody reads it in the file',
  async t => {
    const { offline, key } = await withSecrets(t)
    const write = await offline().open({ alone: true })
    await write.storage.env.replace(ID, { A: 'two' })
    await write.close()
    await offline().rotateSecretKey()
    const { storage, close } = await offline().open({ alone: true })
    const { rows } = await storage.env.history(ID, { limit: 10, offset: 0 })
    t.same(
      rows.map(({ variables }) => variables),
      [{ A: 'one', B: 'zwei ☾' }, {}]
    )
    await close()
    t.notMatch(
      await readFile(key('moonlet.db'), 'latin1'),
      Buffer.from('zwei ☾').toString('latin1')
    )
  }
)

t.test('shared variables and what they were before get the new key as well', async t => {
  const { offline, key } = await withSecrets(t)
  const write = await offline().open({ alone: true })
  await write.storage.env.shared.replace({ S: 'drei ☾' })
  await write.storage.env.shared.replace({ S: 'vier ☾' })
  await write.close()
  t.match(await offline().rotateSecretKey(), { count: 3 })
  const { storage, close } = await offline().open({ alone: true })
  t.same((await storage.env.shared.snapshot()).variables, { S: 'vier ☾' })
  const { rows } = await storage.env.shared.history({ limit: 10, offset: 0 })
  t.same(
    rows.map(({ variables }) => variables),
    [{ S: 'drei ☾' }, {}]
  )
  await close()
  const file = await readFile(key('moonlet.db'), 'latin1')
  for (const text of ['drei ☾', 'vier ☾']) {
    t.notOk(file.includes(Buffer.from(text).toString('latin1')))
  }
})

t.test('a rotation that died before the new key was in place is brought to an end', async t => {
  const { offline, key, variables } = await withSecrets(t)
  const before = await readFile(key('secret.key'), 'utf8')
  await offline().rotateSecretKey()
  await rename(key('secret.key'), key('secret.key.new'))
  await writeFile(key('secret.key'), before)
  t.match(await offline().rotateSecretKey(), { count: 2, inUse: true })
  t.same(await variables(), { A: 'one', B: 'zwei ☾' })
})

const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))
const prlimit = await execa('prlimit', ['--version'], { reject: false })

t.test(
  'a disk that is full says so each time, and the rotation is repeated once there is room',
  { skip: prlimit.exitCode === 0 ? false : 'prlimit is not installed' },
  async t => {
    const { folder, offline, key, variables } = await withSecrets(t)
    const { storage, close } = await offline().open({ alone: true })
    const secrets = Object.fromEntries(
      Array.from({ length: 90 }, (_, i) => [`V${i}`, `${i}`.repeat(2_000)])
    )
    await storage.env.replace(ID, secrets)
    await close()
    const before = await readFile(key('secret.key'), 'utf8')
    const rotate = (bytes: number | 'unlimited') =>
      execa(
        'prlimit',
        [`--fsize=${bytes}:`, process.execPath, program, 'rotate-secrets', '--data-dir', folder],
        { reject: false, env: { SECRET_KEY: '' } }
      )
    for (const time of ['once', 'again']) {
      const { exitCode, stderr } = await rotate(200_000)
      t.equal(exitCode, 1, time)
      t.match(stderr, /The disk (is full|refused a read or a write): /, time)
      t.notMatch(stderr, 'another key', `${time}: nobody is sent to look for a key`)
      t.equal(await readFile(key('secret.key'), 'utf8'), before, 'the key that opens all is there')
      t.same(await variables(), secrets)
    }
    t.match(await rotate('unlimited'), { exitCode: 0, stdout: /^90 variables are encrypted/ })
    t.same(await variables(), secrets)
    t.not(await readFile(key('secret.key'), 'utf8'), before)
  }
)

t.test('a key from the settings stays there until it is set anew', async t => {
  const { offline, key, variables } = await withSecrets(t, SECRET_KEY)
  t.same(await offline().rotateSecretKey(), {
    count: 2,
    keyFile: key('secret.key.new'),
    inUse: false
  })
  const next = Buffer.from((await readFile(key('secret.key.new'), 'utf8')).trim(), 'hex')
  t.same(await variables(next), { A: 'one', B: 'zwei ☾' })
  await offline(next).rotateSecretKey()
  t.not(
    await readFile(key('secret.key.new'), 'utf8'),
    `${next.toString('hex')}\n`,
    'the next rotation makes another key'
  )
})

t.test(
  'targets of alerts are opened by the new key, and nobody reads them in the file',
  async t => {
    const { offline, key } = await withSecrets(t)
    const target = {
      kind: 'webhook' as const,
      url: 'https://hooks.example.org/secret-of-the-hook',
      format: 'json' as const,
      headers: {}
    }
    const write = await offline().open({ alone: true })
    await write.storage.alerts.create(recordWith({ target }))
    await write.close()
    await offline().rotateSecretKey()
    const { storage, close } = await offline().open({ alone: true })
    t.same((await storage.alerts.list())[0]?.rule.target, target)
    await close()
    t.notMatch(await readFile(key('moonlet.db'), 'latin1'), 'secret-of-the-hook')
  }
)
