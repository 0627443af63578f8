/**
 * Decides for one process whether its one-way calls must be waited for, so that their errors arrive where Lua can catch
 * them: while a declared function says so (`mustWait`), for instance because a store is nearly full. The child is told
 * only when that changes.
 */
import type { HostEntry } from './host-functions.js'

type MustWait = (functionId: string) => boolean

export class Acknowledgement {
  private readonly conditions: readonly MustWait[]
  private isOn = false

  constructor(
    entries: ReadonlyArray<HostEntry | undefined>,
    private readonly tell: (isOn: boolean) => void
  ) {
    this.conditions = entries.flatMap(entry => entry?.mustWait ?? [])
  }

  /** To be called before an invocation begins, and after each one-way call. */
  update(functionId: string): void {
    const mustWait = this.conditions.some(condition => condition(functionId))
    if (mustWait === this.isOn) return
    this.isOn = mustWait
    this.tell(mustWait)
  }
}
