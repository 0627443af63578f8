/**
 * What one run may hold. V8 counts nothing for us while Lua runs, so allocations that can add up (a new table
 * key, a long string, a closure) draw on a budget; when that is used up the real heap is measured, and only
 * when it is past the limit is garbage collected, to see what is really held. So a run that makes much garbage
 * pays for a check now and then, and one that holds too much gets "not enough memory", which `pcall`
 * can catch. The process's own limit stays the barrier; this is the polite notice before it.
 */
import { runInNewContext } from 'node:vm'
import { nodeV8 } from '../../core/base/node-v8.js'
import { MemoryError } from './errors.js'

/** V8's longest string on 64-bit machines (2^29 - 24 units); one unit more is a RangeError. */
const MAX_STRING = 536870888
/** What a string takes beside its bytes. */
const STRING_BYTES = 24
const MIN_BUDGET = 1 << 20

/** Bytes that may still be taken before the heap is next checked. Hot code draws on it directly. */
export const budget = { left: 0 }

let limit = Infinity
/** Budgets given to this run, all together. */
let given = 0
let base = 0
let collect: (() => void) | undefined

/** Starts the account of a run that may hold `bytes` more than the engine itself does. */
export function openAccount(bytes: number): void {
  limit = bytes
  given = budget.left = Math.max(MIN_BUDGET, Math.floor(bytes / 4))
}

/** Notes what the process holds with no run in it. */
export function noteIdleHeap(): void {
  base = process.memoryUsage().heapUsed
}

/** What the run has drawn so far, whether it is still held or not. */
export function bytesAskedFor(): number {
  return given - budget.left
}

/** Draws `bytes` for something about to be allocated; raises "not enough memory" when that would be too much. */
export function charge(bytes: number): void {
  if (bytes > limit) throw new MemoryError()
  if ((budget.left -= bytes) < 0) checkHeap(bytes)
}

/** Like charge, for a string of `length` bytes that V8 may be unable to make at all. */
export function chargeString(length: number): void {
  if (length > MAX_STRING) throw new MemoryError()
  charge(length + STRING_BYTES)
}

/** What `process.memoryUsage()` gives as `heapUsed`, without asking the kernel for the rest of it. */
const usedHeap = (): number => nodeV8().getHeapStatistics().used_heap_size

/** Measures the real heap; `wanted` bytes are about to be added. */
export function checkHeap(wanted: number): void {
  let held = usedHeap() - base + wanted
  if (held > limit) {
    collect ??= findCollector()
    collect()
    held = usedHeap() - base + wanted
    if (held > limit) {
      given -= budget.left
      budget.left = 0
      throw new MemoryError()
    }
  }
  const next = Math.max(MIN_BUDGET, Math.floor((limit - held) / 2))
  given += next - budget.left
  budget.left = next
}

function findCollector(): () => void {
  nodeV8().setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
