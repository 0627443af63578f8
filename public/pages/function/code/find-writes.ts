/** What a program may change that others see: entries, variables, other servers, other functions. */
const writing = new RegExp(
  '\\b(?:kv\\.(?:set|delete|increment|compareAndSet)\\w*|env\\.(?:set|delete)|email\\.send|' +
    'http\\.(?:post|put|patch|delete|request|batch)|functions\\.(?:call|enqueue))\\b',
  'g'
)

/** Names of the APIs that the code may write with, each once; comments count too, which only asks too often. */
export const findWrites = (code: string): string[] => [...new Set(code.match(writing) ?? [])]
