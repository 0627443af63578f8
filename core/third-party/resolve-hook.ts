/**
 * How module names are resolved for plugins. `moonlet/plugin` is always this server's own copy, wherever the plugin
 * lies and whatever it has installed: two copies would disagree about what a LuaFailure is. Names behind PREFIX
 * are resolved as if they were imported from another module.
 *
 * Runs in the main thread (module.registerHooks) or, before Node 22.15, in the loader's (module.register), so it
 * imports nothing.
 */
const PREFIX = 'moonlet-resolve:'
const api = new URL('../plugin-api.js', import.meta.url).href

interface Context {
  readonly parentURL?: string | undefined
}

export function resolve<C extends Context, R>(
  specifier: string,
  context: C,
  next: (specifier: string, context: C) => R
): R | { url: string; format: string; shortCircuit: boolean } {
  if (specifier === 'moonlet/plugin') return { url: api, format: 'module', shortCircuit: true }
  if (!specifier.startsWith(PREFIX)) return next(specifier, context)
  const [parentURL, name] = JSON.parse(decodeURIComponent(specifier.slice(PREFIX.length))) as [
    string,
    string
  ]
  return next(name, { ...context, parentURL })
}

/** A name for `import` that stands for `name` as imported by the module `parentURL`. */
export const resolvedFrom = (parentURL: string, name: string): string =>
  PREFIX + encodeURIComponent(JSON.stringify([parentURL, name]))
