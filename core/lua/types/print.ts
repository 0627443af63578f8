/** Alternatives stand in brackets where something follows them. */
export const inBrackets = (text: string): string => (text.includes(' | ') ? `(${text})` : text)
