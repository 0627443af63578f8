import { copyFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { openAt, temporaryFolder } from '../open-storage.js'

for (const end of ['', '-wal']) {
  t.test(`nothing is acknowledged while moonlet.db${end} is another file`, async t => {
    const file = join(await temporaryFolder(t), 'moonlet.db')
    const path = `${file}${end}`
    const storage = await openAt(t, file)
    const written = () =>
      storage.probe().then(
        () => 'written',
        (error: Error) => error.message
      )
    t.equal(await written(), 'written')
    await rename(path, `${path}.away`)
    await eventually(t, written, /was removed or replaced while the server ran/)
    t.match(await written(), path, 'which file')
    await t.rejects(storage.probe(), { code: 'STORAGE_FAILED' })
    await copyFile(`${path}.away`, path)
    await eventually(t, written, /was removed or replaced/)
    await rm(path)
    await rename(`${path}.away`, path)
    await eventually(t, written, 'written')
  })
  t.test(`also when moonlet.db${end} is replaced before the first write`, async t => {
    const file = join(await temporaryFolder(t), 'moonlet.db')
    const path = `${file}${end}`
    const storage = await openAt(t, file)
    await copyFile(path, `${path}.copy`)
    await rename(path, `${path}.away`)
    await rename(`${path}.copy`, path)
    await t.rejects(storage.probe(), { code: 'STORAGE_FAILED', message: /was removed or replaced/ })
  })
}
