/** What the function of the page uses of its limits, and how many calls of it were refused. */
import { store } from '../../alpine.js'
import { getUsage } from '../../api/functions.js'
import type { LuaFunction, Usage } from '../../api/types.js'

/** Only then a call can be refused. */
export const mayRefuse = (fn: LuaFunction): boolean =>
  (fn.access !== undefined && fn.access.mode !== 'public') ||
  fn.rate_limit !== undefined ||
  fn.max_concurrency !== undefined ||
  fn.body_limit !== undefined

let asked = ''

export const usage = store('usage', {
  value: undefined as Usage | undefined,
  /** It is an extra of the page: without an answer there is none. */
  async load(id: string): Promise<void> {
    this.of(id)
    const value = await getUsage(id).catch(() => undefined)
    if (id === asked) this.value = value
  },
  /** What is known of another function is no longer shown. */
  of(id: string): void {
    if (id !== asked) this.value = undefined
    asked = id
  },
  refused(): number {
    return Object.values(this.value?.refused ?? {}).reduce((sum, count) => sum + count, 0)
  }
})
