// Quotation mark, backslash, control characters, and halves of surrogate pairs, which JSON.stringify escapes.
// eslint-disable-next-line no-control-regex
const special = /["\\\x00-\x1f\ud800-\udfff]/

/** JSON text of a string; what JSON.stringify gives, faster for short plain texts. */
export const quote = (text: string): string =>
  text.length < 200 && !special.test(text) ? `"${text}"` : JSON.stringify(text)
