import type { Row } from './lunar-database.js'

/**
 * A merge join: `rows` are sorted by `column`, and the returned function is called with keys in ascending order. It
 * returns the rows of each key; rows of keys that are never asked for go to `onOrphan`, and undefined asks for the end.
 * So two tables of any size are joined without an index and without holding them in memory.
 */
export function followGroups(
  rows: Iterator<Row>,
  column: string,
  onOrphan: (row: Row) => void
): (key: string | undefined) => Row[] {
  let next = rows.next()
  const keyOf = (row: Row) => String(row[column])
  const before = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
  /** Passes rows to `use` as long as they fit. */
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
