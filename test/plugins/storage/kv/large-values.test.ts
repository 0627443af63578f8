/** What large values cost those who look for others, told by the bytes that this process reads. */
import t from 'tap'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openAt, temporaryFolder } from '../open-storage.js'

const LARGE = 1024 * 1024
/** Of each kind. */
const COUNT = 20

const keyOf = (n: number) => Buffer.from(`key:${String(n).padStart(4, '0')}`)

async function countReadBytes(work: () => Promise<void>): Promise<number> {
  const read = async () =>
    Number(/^rchar: (\d+)$/m.exec(await readFile('/proc/self/io', 'utf8'))?.[1])
  const before = await read()
  await work()
  return (await read()) - before
}

t.test('looking for a small value reads no large one beside it', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const writer = await openAt(t, file)
  for (let n = 0; n < 2 * COUNT; n++) {
    await writer.kv.set('', keyOf(n), Buffer.alloc(n % 2 === 0 ? LARGE : 10, n))
  }
  await writer.close()

  const { kv } = await openAt(t, file)
  const bytes = await countReadBytes(async () => {
    for (let n = 1; n < 2 * COUNT; n += 2) {
      t.same(await kv.get('', keyOf(n)), Buffer.alloc(10, n))
    }
  })
  t.ok(bytes < LARGE, `${bytes} bytes`)
  t.same(await kv.get('', keyOf(2)), Buffer.alloc(LARGE, 2), 'large ones are there')
})
