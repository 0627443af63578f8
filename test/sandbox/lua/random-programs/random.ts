/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to less than `count`. */
  below(count: number): number
  /** True so many times in a hundred. */
  chance(percent: number): boolean
  pick<T>(values: readonly T[]): T
}

/** mulberry32. */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number): number => Math.floor(next() * count)
  return {
    below,
    chance: percent => below(100) < percent,
    pick: values => values[below(values.length)] as never
  }
}
