/** A data folder whose key does not open what its database holds: what is refused, repaired, or given up. */
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import type { Storage } from '../../../../core/contracts/storage.js'
import { createOfflineStorage } from '../../../../plugins/storage/offline.js'
import { openStorage } from '../../../../plugins/storage/storage.js'
import { createFunction, ids } from '../../../contracts/storage-fixtures.js'
import { newJob } from '../../../contracts/storage-jobs.js'
import { recordWith } from '../../../helpers/alert-record.js'
import { temporaryFolder } from '../open-storage.js'

const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))
const OTHER = 'cd'.repeat(32)
const NOW = 1_700_000_000_000

type Fill = (storage: Storage, functionId: string) => Promise<unknown>

const fillVariables: Fill = (storage, id) => storage.env.replace(id, { A: 'one', B: 'two' })
const addAlert: Fill = storage => storage.alerts.create(recordWith({}))
const addJob: Fill = (storage, id) => storage.jobs.add(newJob(id))

async function withSecrets(t: Test, ...fill: readonly Fill[]) {
  const folder = await temporaryFolder(t)
  const offline = (key?: string) =>
    createOfflineStorage({
      DATA_DIR: folder,
      SECRET_KEY: key === undefined ? undefined : Buffer.from(key, 'hex')
    })
  const { storage, close } = await offline().open({ alone: true })
  const functionId = await createFunction(storage)
  for (const one of fill) await one(storage, functionId)
  await close()
  const path = (name: string) => join(folder, name)
  const keyIn = async (name: string) => (await readFile(path(name), 'utf8')).trim()
  return {
    folder,
    functionId,
    offline,
    path,
    keyIn,
    async read(options = { alone: true }) {
      const { storage, close } = await offline().open(options)
      return storage.env.all(functionId).finally(close)
    },
    run: (command: string, settings: Record<string, string> = {}) =>
      execa(process.execPath, [program, command], {
        env: { DATA_DIR: folder, PORT: '0', HOST: '127.0.0.1', SECRET_KEY: '', ...settings },
        reject: false,
        timeout: 120_000
      })
  }
}

t.test('a start without the right key is refused, and makes no other one', async t => {
  const { folder, path, run } = await withSecrets(t, fillVariables)
  const file = path('secret.key')
  await rename(file, path('../kept.key'))
  t.teardown(() => rm(path('../kept.key'), { force: true }))
  const refused = async (words: string, settings?: Record<string, string>) => {
    const { exitCode, stderr } = await run('serve', settings)
    t.equal(exitCode, 1, stderr)
    t.match(stderr, `Moonlet could not start. ${path('moonlet.db')} holds variables`)
    t.match(stderr, words)
    t.match(stderr, '"moonlet discard-secrets"')
    t.notMatch(stderr, /\n\s+at /, 'no stack')
    const { stdout } = await run('doctor', settings)
    t.match(stdout, /^FAILED {3}data folder: A start with this key would be refused\./m)
    t.match(stdout, words)
  }
  await refused(`their key is missing: there is no ${file}, and SECRET_KEY is not set. Put the key`)
  t.notOk((await readdir(folder)).includes('secret.key'), 'none was made')
  await refused('another key than the one in the setting SECRET_KEY. Set SECRET_KEY to the key', {
    SECRET_KEY: OTHER
  })
  await writeFile(file, `${OTHER}\n`)
  await refused(`another key than the one in ${file}. Put the key file of before back`)
})

t.test('each kind of secret is enough for that; where there is none, a key is made', async t => {
  const withHistory: Fill = async (storage, id) => {
    await fillVariables(storage, id)
    await storage.env.replace(id, {})
  }
  const shareVariable: Fill = storage => storage.env.shared.replace({ S: 'three' })
  for (const fill of [withHistory, shareVariable, addAlert, addJob]) {
    const { offline } = await withSecrets(t, fill)
    for (const alone of [true, false]) {
      await t.rejects(offline(OTHER).open({ alone }), { code: 'SETTINGS_INVALID' })
    }
    await (await offline().open({ alone: true })).close()
  }
  const { offline, path, keyIn } = await withSecrets(t)
  const before = await keyIn('secret.key')
  await rm(path('secret.key'))
  await (await offline().open({ alone: true })).close()
  t.not(await keyIn('secret.key'), before)
  t.equal((await stat(path('secret.key'))).mode & 0o777, 0o600)
})

t.test('the key of a rotation that was killed is put in its place', async t => {
  const { offline, path, keyIn, read, functionId } = await withSecrets(t, fillVariables)
  const before = await keyIn('secret.key')
  await offline().rotateSecretKey()
  const after = await keyIn('secret.key')
  const kill = async () => {
    await rename(path('secret.key'), path('secret.key.new'))
    await writeFile(path('secret.key'), `${before}\n`)
  }
  await kill()
  await t.rejects(offline(before).open({ alone: true }), {
    code: 'SETTINGS_INVALID',
    message: `${path('secret.key.new')} has the right one: set SECRET_KEY to its text.`
  })
  t.same(await read({ alone: false }), { A: 'one', B: 'two' })
  t.equal(await keyIn('secret.key'), before, 'beside a server, files stay as they are')
  t.same(await read(), { A: 'one', B: 'two' })
  t.equal(await keyIn('secret.key'), after)
  await t.rejects(stat(path('secret.key.new')), { code: 'ENOENT' })

  await kill()
  await rm(path('secret.key'))
  t.match(await offline().rotateSecretKey(), { count: 2, inUse: true }, 'without the old key, too')
  const { storage, close } = await offline().open({ alone: true })
  t.equal(await storage.env.get(functionId, 'A'), 'one')
  await close()
})

t.test('a rotation makes no key either where the right one is missing', async t => {
  const { offline, path, folder } = await withSecrets(t, fillVariables)
  await rm(path('secret.key'))
  await t.rejects(offline().rotateSecretKey(), {
    code: 'SETTINGS_INVALID',
    message: /their key is missing/
  })
  t.notOk((await readdir(folder)).some(name => name.startsWith('secret.key')))
})

t.test('values of two keys, as earlier versions could leave, can be started with both', async t => {
  const { offline, path, keyIn, functionId } = await withSecrets(t, fillVariables)
  const storage = await openStorage({
    file: path('moonlet.db'),
    secretKey: Buffer.from(OTHER, 'hex')
  })
  await storage.env.set(functionId, 'B', 'of the other key')
  await storage.close()
  const first = await keyIn('secret.key')
  for (const [key, readable, other] of [
    [first, 'A', 'B'],
    [OTHER, 'B', 'A']
  ] as const) {
    const { storage, close } = await offline(key).open({ alone: true })
    t.type(await storage.env.get(functionId, readable), 'string')
    await t.rejects(storage.env.get(functionId, other), { message: /cannot be decrypted/ })
    await close()
  }
})

t.test('where the key is lost, what it encrypted is removed on request, and only then', async t => {
  const { offline, functionId, path, run } = await withSecrets(t, fillVariables, addAlert, addJob)
  const kept = { code: 'INVALID_REQUEST', message: /Nothing was removed/ }
  await t.rejects(offline().discardSecrets(), kept)
  await t.rejects(offline(OTHER).discardSecrets(), kept, 'the key is there, beside a wrong setting')
  await rm(path('secret.key'))
  t.match(await run('discard-secrets'), {
    exitCode: 0,
    stdout: /^Removed: variables \(and what they were before\): 2; alerts: 1; events of jobs: 1\./
  })
  await t.rejects(offline().discardSecrets(), kept)
  const { storage, close } = await offline().open({ alone: true })
  t.same(await storage.env.all(functionId), {})
  t.same(await storage.alerts.list(), [])
  const claim = { owner: 'a', now: NOW, leaseUntil: NOW + 30_000, limit: 8 }
  t.match(await storage.jobs.claim({ ...claim, nextExecutionId: () => ids.next() }), [
    { functionId, call: undefined }
  ])
  await storage.env.set(functionId, 'A', 'anew')
  t.equal(await storage.env.get(functionId, 'A'), 'anew')
  await close()
})
