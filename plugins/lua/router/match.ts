const segments = (path: string): string[] => path.split('/').filter(segment => segment !== '')

/** The values of the pattern's names; undefined when the path does not match. */
export function matchPath(path: string, pattern: string): Map<string, string> | undefined {
  const wanted = segments(pattern)
  const given = segments(path)
  const open = wanted[wanted.length - 1] === '*'
  if (open ? given.length < wanted.length : given.length !== wanted.length) return undefined

  const values = new Map<string, string>()
  for (const [index, want] of wanted.entries()) {
    if (open && index === wanted.length - 1) break
    const segment = given[index] ?? ''
    if (want.startsWith(':')) values.set(want.slice(1), segment)
    else if (want !== segment) return undefined
  }
  return values
}
