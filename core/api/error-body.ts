/** What every refused or failed request is answered with. */
export const errorBody = (text: string): string => `${JSON.stringify({ error: text })}\n`
