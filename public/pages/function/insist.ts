/** Changes that take nothing typed along: activating, deleting, switching off. */
import { Stale } from '../../api/failure.js'
import type { LuaFunction } from '../../api/types.js'
import { ask, type Question } from '../../shell/dialogs.js'
import { current } from '../function.js'
import type { Subject } from './subject.js'

/**
 * Makes the change of the state that the page knows. When something else is there by now, `question` says what to ask
 * before it is made all the same; undefined when the reader's reasons still hold. False: the reader gave it up.
 */
export const insist = (
  change: (tag: string) => Promise<unknown>,
  question: (now: LuaFunction) => Question | undefined
): Promise<boolean> => insistOn(current, change, question)

/** The same with another subject than the function of the page. */
export async function insistOn<T>(
  subject: Subject<T>,
  change: (tag: string) => Promise<unknown>,
  question: (now: T) => Question | undefined
): Promise<boolean> {
  for (;;) {
    try {
      await subject.settled()
      await change(subject.tag)
      return true
    } catch (error) {
      if (!(error instanceof Stale)) throw error
      const now = error.current as T
      const asked = question(now)
      subject.take(now, error.tag)
      if (asked !== undefined && (await ask(asked)) !== 'confirm') return false
    }
  }
}
