/**
 * Layouts: texts that show how Mon Jan 2 15:04:05 2006 -0700 is written. A layout is cut into parts, each
 * the literal text before it and the element it shows.
 */
export type Element =
  | 'year'
  | 'year2'
  | 'monthName'
  | 'monthShort'
  | 'month2'
  | 'month1'
  | 'day2'
  | 'day1'
  | 'dayBlank'
  | 'yearDay3'
  | 'yearDayBlank'
  | 'weekdayName'
  | 'weekdayShort'
  | 'hour'
  | 'hour12of2'
  | 'hour12'
  | 'PM'
  | 'pm'
  | 'minute2'
  | 'minute1'
  | 'second2'
  | 'second1'
  | 'fixedFraction'
  | 'openFraction'
  | 'zoneName'
  | 'zone'

export interface LayoutPart {
  readonly literal: string
  /** undefined: the layout ends here. */
  readonly element: Element | undefined
  /** The element as the layout writes it. */
  readonly text: string
}

/** By first character, longest first; only what stands at the place is compared. */
const elements: { readonly [first: string]: ReadonlyArray<readonly [string, Element]> } = {
  J: [
    ['January', 'monthName'],
    ['Jan', 'monthShort']
  ],
  M: [
    ['Monday', 'weekdayName'],
    ['Mon', 'weekdayShort'],
    ['MST', 'zoneName']
  ],
  0: [
    ['002', 'yearDay3'],
    ['01', 'month2'],
    ['02', 'day2'],
    ['03', 'hour12of2'],
    ['04', 'minute2'],
    ['05', 'second2'],
    ['06', 'year2']
  ],
  1: [
    ['15', 'hour'],
    ['1', 'month1']
  ],
  2: [
    ['2006', 'year'],
    ['2', 'day1']
  ],
  3: [['3', 'hour12']],
  4: [['4', 'minute1']],
  5: [['5', 'second1']],
  _: [
    ['__2', 'yearDayBlank'],
    ['_2', 'dayBlank']
  ],
  P: [['PM', 'PM']],
  p: [['pm', 'pm']],
  '-': ['-07:00:00', '-070000', '-07:00', '-0700', '-07'].map(text => [text, 'zone'] as const),
  Z: ['Z07:00:00', 'Z070000', 'Z07:00', 'Z0700', 'Z07'].map(text => [text, 'zone'] as const)
}

/** Cuts the layout; the last part has no element. */
export function parseLayout(layout: string): LayoutPart[] {
  const parts: LayoutPart[] = []
  let from = 0
  for (let at = 0; at < layout.length;) {
    const found = elementAt(layout, at)
    if (found === undefined) {
      at++
      continue
    }
    parts.push({ literal: layout.slice(from, at), element: found[1], text: found[0] })
    from = at += found[0].length
  }
  parts.push({ literal: layout.slice(from), element: undefined, text: '' })
  return parts
}

function elementAt(layout: string, at: number): readonly [string, Element] | undefined {
  const first = layout.charAt(at)
  if (first === '.' || first === ',') return fractionAt(layout, at)
  return elements[first]?.find(([text]) => layout.startsWith(text, at) && isWhole(text, layout, at))
}

/** `Jan` and `Mon` are words of their own only, and in `_2006` the line belongs to the literal. */
function isWhole(text: string, layout: string, at: number): boolean {
  if (text === 'Jan' || text === 'Mon') return !/[a-z]/.test(layout.charAt(at + 3))
  return text !== '_2' || !layout.startsWith('2006', at + 1)
}

/** A point or comma and noughts, or nines, that no other digit follows. */
function fractionAt(layout: string, at: number): readonly [string, Element] | undefined {
  const digit = layout.charAt(at + 1)
  if (digit !== '0' && digit !== '9') return undefined
  let end = at + 1
  while (layout.charAt(end) === digit) end++
  if (/\d/.test(layout.charAt(end))) return undefined
  return [layout.slice(at, end), digit === '0' ? 'fixedFraction' : 'openFraction']
}
