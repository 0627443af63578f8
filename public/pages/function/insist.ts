/** Changes that take nothing typed along: activating, deleting, switching off. */
import { Stale } from '../../api/failure.js'
import type { LuaFunction } from '../../api/types.js'
import { ask, type Question } from '../../shell/dialogs.js'
import { current } from '../function.js'

/**
 * Makes the change of the state that the page knows. When something else is there by now, `question` says what to ask
 * before it is made all the same; undefined when the reader's reasons still hold. False: the reader gave it up.
 */
export async function insist(
  change: (tag: string) => Promise<unknown>,
  question: (now: LuaFunction) => Question | undefined
): Promise<boolean> {
  for (;;) {
    try {
      await current.settled()
      await change(current.tag)
      return true
    } catch (error) {
      if (!(error instanceof Stale)) throw error
      const now = error.current as LuaFunction
      const asked = question(now)
      current.take(now, error.tag)
      if (asked !== undefined && (await ask(asked)) !== 'confirm') return false
    }
  }
}
