/** What every refused or failed request is answered with. */
export const errorBody = (text: string, details: object = {}): string =>
  `${JSON.stringify({ error: text, ...details })}\n`
