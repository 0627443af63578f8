/** The source of `math.random`: the same random bytes as everything else in the sandbox has, drawn ahead. */
import { runContext } from '../../plugins/lua/run-context.js'

const drawn = new Uint32Array(256)
let left = 0

function next(): number {
  if (left === 0) {
    runContext.fillRandom(new Uint8Array(drawn.buffer))
    left = drawn.length
  }
  return drawn[--left] as number
}

/** Of [0, 1), with 53 random bits. */
export const randomFraction = (): number => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53
