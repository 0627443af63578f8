import { MoonletError } from '../../../core/base/errors.js'
import { LuaFailure } from '../../../core/lua/errors.js'

/** What the server refuses, in its own words, as `nil, message`. */
export async function failing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof MoonletError)) throw error
    throw new LuaFailure(error.message, { cause: error })
  }
}
