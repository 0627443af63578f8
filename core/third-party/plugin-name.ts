/** What plugins may be called. */
export const isPluginName = (name: string): boolean => /^[a-z][a-z0-9-]{0,63}$/.test(name)
