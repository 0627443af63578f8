/** A `token` of RFC 9110, section 5.6.2: what names of headers, methods and cookies are made of. */
export const isHttpToken = (text: string): boolean => /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(text)
