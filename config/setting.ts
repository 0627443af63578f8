/** The kinds of settings, for the server's own (config/schema.ts) and for those of plugins. */

export interface Setting<T> {
  /** One sentence for the README, ending without a full stop where it continues with the default. */
  readonly doc: string
  /** As the README prints it; '' when there is none. */
  readonly defaultText: string
  readonly unit?: string
  /** The value is never shown, not even in an error. */
  readonly secret?: boolean
  /** Gives the value, or throws a SettingProblem that says what is expected. `text` is undefined when unset. */
  readonly read: (text: string | undefined) => T
}

/** What is wrong with one setting, in words that follow its name: "must be …". */
export class SettingProblem extends Error {}

export interface IntegerOptions {
  min: number
  max: number
  fallback: number
  doc: string
  unit?: string
  zero?: number
  defaultText?: string
}

/** A whole number within a range. `zero` is what 0 stands for. */
export function integer({
  min,
  max,
  fallback,
  doc,
  unit,
  zero,
  defaultText
}: IntegerOptions): Setting<number> {
  return {
    doc,
    defaultText: defaultText ?? String(fallback),
    ...(unit === undefined ? {} : { unit }),
    read(text) {
      if (text === undefined) return fallback
      const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN
      if (!(value >= min && value <= max)) {
        throw new SettingProblem(
          `must be a whole number from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`
        )
      }
      return value === 0 && zero !== undefined ? zero : value
    }
  }
}

/** A number of bytes, also written with KiB, MiB or GiB. */
export function bytes({
  min,
  max,
  fallback,
  doc,
  defaultText
}: {
  min: number
  max: number
  fallback: number
  doc: string
  defaultText?: string
}): Setting<number> {
  const factors: Readonly<Record<string, number>> = {
    '': 1,
    KiB: 1024,
    MiB: 1024 ** 2,
    GiB: 1024 ** 3
  }
  const [suffix, factor] = Object.entries(factors).findLast(
    ([, factor]) => fallback % factor === 0
  ) ?? ['', 1]
  return {
    doc,
    defaultText: defaultText ?? `${fallback / factor}${suffix}`,
    unit: 'bytes',
    read(text) {
      if (text === undefined) return fallback
      const [, digits, suffix = ''] = /^(\d+)\s*(KiB|MiB|GiB)?$/.exec(text.trim()) ?? []
      const value = digits === undefined ? NaN : Number(digits) * (factors[suffix] ?? NaN)
      if (!(value >= min && value <= max)) {
        throw new SettingProblem(
          `must be a number of bytes from ${min} to ${max}, such as 10485760 or 10MiB`
        )
      }
      return value
    }
  }
}

/** `true` or `1`, `false` or `0`. */
export function boolean({ fallback, doc }: { fallback: boolean; doc: string }): Setting<boolean> {
  return {
    doc,
    defaultText: String(fallback),
    read(text) {
      if (text === undefined) return fallback
      if (text === 'true' || text === '1') return true
      if (text === 'false' || text === '0') return false
      throw new SettingProblem('must be true or false')
    }
  }
}

/** Any text. */
export function text({ fallback, doc }: { fallback: string; doc: string }): Setting<string> {
  return { doc, defaultText: fallback, read: text => text ?? fallback }
}

/** Text without blanks, undefined when unset. */
export function optionalText({
  doc,
  secret = false
}: {
  doc: string
  secret?: boolean
}): Setting<string | undefined> {
  return {
    doc,
    defaultText: '',
    secret,
    read(text) {
      if (text !== undefined && /\s/.test(text)) throw new SettingProblem('must not contain blanks')
      return text
    }
  }
}

/** One of some words. */
export function oneOf<const T extends string>({
  of,
  fallback,
  doc
}: {
  of: readonly T[]
  fallback: NoInfer<T>
  doc: string
}): Setting<T> {
  return {
    doc: `${doc}: ${of.map(value => `\`${value}\``).join(', ')}`,
    defaultText: fallback,
    read(text) {
      if (text === undefined) return fallback
      const known = of.find(value => value === text)
      if (known === undefined) throw new SettingProblem(`must be one of ${of.join(', ')}`)
      return known
    }
  }
}

/** The parts of a list separated by commas; empty ones do not count. */
export const splitList = (text: string): string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')

/** Texts separated by commas. */
export function list({ doc }: { doc: string }): Setting<readonly string[]> {
  return { doc, defaultText: '', read: text => Object.freeze(splitList(text ?? '')) }
}

/**
 * The kinds of settings, by name: `setting.integer({ min: 1, max: 100, fallback: 10, doc: 'Connections at once' })`.
 */
export const settingKinds = { boolean, bytes, integer, list, oneOf, optionalText, text } as const
