/** Names that executions and migrations of the server itself carry. */
export const reservedNames: ReadonlySet<string> = new Set([
  'http',
  'cron',
  'draft',
  'rerun',
  'function',
  'job',
  'alert',
  'moonlet'
])

/** What plugins may be called, besides. */
export const isPluginName = (name: string): boolean => /^[a-z][a-z0-9-]{0,63}$/.test(name)
