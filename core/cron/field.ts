/** One field of a cron expression: its text to the set of values it stands for. */

export interface FieldRule {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Upper case, the first standing for `min`. */
  readonly names?: readonly string[]
}

export interface Field {
  /** In ascending order, never empty. */
  readonly values: readonly number[]
  /** False for `*` and `?`, also as one of a list; a step above 1 restricts. */
  readonly restricted: boolean
}

/**
 * Reads a comma list of `*`, `?`, `n`, `a-b`, each with an optional `/step`. Throws an Error that says what is wrong.
 */
export function parseField(text: string, rule: FieldRule): Field {
  const items = text.split(',').map(item => parseItem(item, text, rule))
  const values = new Set(items.flatMap(item => item.values))
  return {
    values: [...values].sort((a, b) => a - b),
    restricted: items.every(item => item.restricted)
  }
}

function parseItem(item: string, text: string, rule: FieldRule): Field {
  const [range = '', stepText, ...rest] = item.split('/')
  if (range === '' || rest.length > 0) {
    throw problem(rule, `"${text}" is not a list of values, ranges and steps`)
  }
  const step = stepText === undefined ? 1 : parseStep(stepText, rule)
  const any = range === '*' || range === '?'
  const [low, high] = any ? [rule.min, rule.max] : parseRange(range, stepText !== undefined, rule)
  const values: number[] = []
  for (let value = low; value <= high; value += step) values.push(value)
  return { values, restricted: !any || step > 1 }
}

/** `n` is n alone; with a step it runs from n to the maximum. */
function parseRange(range: string, stepped: boolean, rule: FieldRule): [number, number] {
  const [from = '', to, ...rest] = range.split('-')
  if (rest.length > 0) throw problem(rule, `"${range}" is not a range`)
  const low = parseValue(from, rule)
  if (to === undefined) return [low, stepped ? rule.max : low]
  const high = parseValue(to, rule)
  if (low > high) throw problem(rule, `range "${range}" runs backwards`)
  return [low, high]
}

function parseValue(text: string, rule: FieldRule): number {
  const named = rule.names?.indexOf(text.toUpperCase()) ?? -1
  if (named >= 0) return rule.min + named
  if (!/^\d+$/.test(text)) {
    throw problem(
      rule,
      `"${text}" is not a number${rule.names === undefined ? '' : ` or a name such as ${rule.names[0]}`}`
    )
  }
  const value = Number(text)
  if (value < rule.min || value > rule.max) {
    throw problem(rule, `${text} is out of range (${rule.min} to ${rule.max})`)
  }
  return value
}

function parseStep(text: string, rule: FieldRule): number {
  const step = /^\d+$/.test(text) ? Number(text) : 0
  if (step === 0) throw problem(rule, `step "${text}" is not a whole number above 0`)
  return step
}

function problem(rule: FieldRule, message: string): Error {
  return new Error(`${rule.name}: ${message}`)
}
