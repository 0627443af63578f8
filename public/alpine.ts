/** Alpine's CSP build, with types for components written as factories. */
import Alpine from '@alpinejs/csp'

/** What Alpine adds to `this` inside a component. */
export interface Magics {
  readonly $el: HTMLElement
  readonly $root: HTMLElement
  readonly $refs: Record<string, HTMLElement | undefined>
  $nextTick(then?: () => void): Promise<void>
  $watch(property: string, then: (value: unknown, before: unknown) => void): void
  $dispatch(event: string, detail?: unknown): void
}

/** Registers `x-data="name"`. What must not become reactive (editors, streams) lives in the factory's closure. */
export function component<T extends object>(
  name: string,
  create: () => T & ThisType<T & Magics>
): void {
  Alpine.data(name, create as () => Record<string, unknown>)
}

/**
 * Some methods of a component that is put together from several parts. In them `this` also has what `Whole` names,
 * which other parts bring along.
 */
export const part =
  <Whole>() =>
  <T extends object>(methods: T & ThisType<Whole & T & Magics>): T =>
    methods

/** An object that the page follows, under `$store.name` in markup and by import in code. */
export function store<T extends object>(name: string, initial: T & ThisType<T>): T {
  const state = Alpine.reactive(initial) as T
  const register = Alpine.store as unknown as (name: string, value: object) => void
  register(name, state)
  return state
}

export { Alpine }
