import t from 'tap'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const GIB = 1024 ** 3
const source = new URL('../../../core/process/buffer-garbage.js', import.meta.url).href

/** Makes 2 GiB of buffers, one after the other, and prints how often all of the heap was collected meanwhile. */
const program = `
  import { PerformanceObserver, constants } from 'node:perf_hooks'
  const { letBuffersWait } = await import(process.argv[1])
  letBuffersWait(Number(process.argv[2]), Number(process.argv[3]))
  let count = 0
  const isMajor = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
  const observer = new PerformanceObserver(list => { count += list.getEntries().filter(isMajor).length })
  observer.observe({ entryTypes: ['gc'] })
  for (let i = 0; i < 2000; i++) {
    Buffer.alloc(1024 ** 2)
    if (i % 10 === 0) await new Promise(setImmediate)
  }
  await new Promise(setImmediate)
  count += observer.takeRecords().filter(isMajor).length
  console.log(count)`

async function collections(servers: number, memory: number): Promise<number> {
  const args = ['--input-type=module', '-e', program, source, String(servers), String(memory)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return Number(stdout)
}

t.test('where there is memory, buffers alone do not make V8 collect the whole heap', async t => {
  const small = await collections(1, 2 * GIB)
  t.ok(small > 10, `${small} collections with 2 GiB`)
  const shared = await collections(4, 8 * GIB)
  t.ok(shared > 10, `${shared} collections with 8 GiB for 4 servers`)
  const large = await collections(1, 4 * GIB)
  t.ok(large < small / 2, `${large} collections with 4 GiB`)
})
