/** A cold version, called by many at once: how many processes that starts, and what they cost. */
import { createFunction } from '../api.js'
import { memoryOf, processorTimesOf } from '../process.js'
import { line, pause, title, withServer, type GrowthOptions } from './server.js'

const CALLERS = 16
const SIZES = [1, 64, 512, 1024]
const KIB = 1024

export async function measureStampede({ server: program }: GrowthOptions): Promise<void> {
  title(
    `A cold version, called once and by ${CALLERS} at once`,
    'ms for one',
    'CPU ms',
    'ms for all',
    'CPU ms',
    'processes'
  )
  await withServer(program, async server => {
    const pid = server.child.pid ?? 0
    const cpu = (): number => {
      const { server, sandboxes } = processorTimesOf(pid)
      return (server + sandboxes) * 1000
    }
    const measure = async (callers: number, kib: number) => {
      const id = await createFunction(server.base, `${kib} KiB, ${callers}`, codeOf(kib * KIB))
      await pause(2000)
      const [before, boxes, start] = [cpu(), memoryOf(pid).count, performance.now()]
      await Promise.all(
        Array.from({ length: callers }, async () => {
          await (await fetch(`${server.base}/fn/${id}`)).text()
        })
      )
      const ms = performance.now() - start
      // What was started and is no longer needed counts too.
      await pause(500)
      return { ms, cpu: cpu() - before, processes: memoryOf(pid).count - boxes }
    }
    for (const kib of SIZES) {
      const one = await measure(1, kib)
      const all = await measure(CALLERS, kib)
      line(
        `${kib} KiB`,
        one.ms.toFixed(0),
        one.cpu.toFixed(0),
        all.ms.toFixed(0),
        all.cpu.toFixed(0),
        String(all.processes)
      )
    }
  })
}

/** A program of about this size: many small functions, of which the handler calls one. */
function codeOf(bytes: number): string {
  const parts: string[] = ['local parts = {}']
  for (let size = 0, i = 0; size < bytes - 200; i++) {
    const part = `parts[${i}] = function (a, b) if a > b then return a * ${i} + b end return { a, b, "${i}" } end`
    parts.push(part)
    size += part.length + 1
  }
  return `${parts.join('\n')}\nfunction handler() return { body = tostring(parts[0](2, 1)) } end\n`
}
