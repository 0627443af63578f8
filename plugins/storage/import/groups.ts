import type { Row } from './reference-source.js'

/**
 * Walks `rows`, sorted by `column`, beside a walk over what they belong to, sorted by the same: gives the rows
 * of each key asked for, keys in ascending order. Rows of keys that are never asked for go to `onOrphan`;
 * undefined asks for the end. So two tables of any size are joined without an index and without holding them.
 */
export function followGroups(
  rows: Iterator<Row>,
  column: string,
  onOrphan: (row: Row) => void
): (key: string | undefined) => Row[] {
  let next = rows.next()
  const keyOf = (row: Row) => String(row[column])
  const before = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
  /** Gives rows from the walk to `use` as long as they fit. */
  const walk = (fits: (row: Row) => boolean, use: (row: Row) => void): void => {
    for (; next.done !== true && fits(next.value); next = rows.next()) use(next.value)
  }
  return key => {
    const group: Row[] = []
    walk(row => key === undefined || before(keyOf(row), key), onOrphan)
    walk(
      row => keyOf(row) === key,
      row => {
        group.push(row)
      }
    )
    return group
  }
}
