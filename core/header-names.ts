/**
 * The usual form of a header's name: `x-my-header` becomes `X-My-Header`. A name with characters that no header
 * name has stays as it is.
 */
export function canonicalHeaderName (name: string): string {
  if (!isHeaderName(name)) return name
  return name.toLowerCase().replace(/(^|-)[a-z]/g, start => start.toUpperCase())
}

/** A `token` of RFC 9110, section 5.6.2. */
export const isHeaderName = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)
