/** The first of these rows, up to the one that brings their bytes to `wanted`: at least one. */
export function firstBytes<T extends { readonly bytes: number }>(
  rows: readonly T[],
  wanted: number
): readonly T[] {
  let bytes = 0
  const end = rows.findIndex(row => (bytes += row.bytes) >= wanted)
  return end === -1 ? rows : rows.slice(0, end + 1)
}
