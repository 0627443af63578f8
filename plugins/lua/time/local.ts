/** `time` in the sandbox. */
import { LuaMisuse } from '../../../core/lua/errors.js'
import { native, wholeNumber } from '../native.js'
import { runContext } from '../run-context.js'
import { formatTime } from './format.js'
import { parseTime } from './parse.js'

/** Seconds around 1970 that JavaScript's Date holds too: about 270,000 years. */
const FARTHEST = 8.64e12

const sleep = native((ms: number) => {
  if (Number.isNaN(ms)) {
    throw new LuaMisuse(
      "bad argument #1 to 'time.sleep' (number of milliseconds expected, got nan)"
    )
  }
  if (ms > 0) runContext.sleep(ms)
  return undefined
})

export const functions = {
  now: native(() => Math.floor(runContext.now() / 1000)),
  format: native((seconds: number, layout: string) =>
    formatTime(wholeNumber(seconds, 1, 'time.format', -FARTHEST, FARTHEST), layout)
  ),
  parse: native((text: string, layout: string) => parseTime(text, layout)),
  sleep
}
