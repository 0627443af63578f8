/** `router` in the sandbox. */
import type { LuaTable } from '../../../sandbox/lua/api.js'
import { checkLength, native } from '../native.js'
import { runContext } from '../run-context.js'
import { fillPattern } from './fill.js'
import { matchPath } from './match.js'

/** What `url` and `path` have in common: the path from the server's own address on. */
const ownPath = (pattern: string, params: LuaTable | undefined, name: string): string => {
  const filled = fillPattern(pattern, params, name)
  const text = `/fn/${runContext.functionId}${filled === '' || filled.startsWith('/') ? '' : '/'}${filled}`
  checkLength(text.length, name)
  return text
}

/** The path of the server's public address (BASE_PATH), worked out again only when that is another. */
const base = { url: '', path: '' }

function basePath(): string {
  if (base.url !== runContext.baseUrl) {
    base.url = runContext.baseUrl
    base.path = runContext.baseUrl.replace(/^\w+:\/\/[^/]*/, '').replace(/\/+$/, '')
  }
  return base.path
}

export const functions = {
  match: native((text: string, pattern: string) => matchPath(text, pattern) !== undefined),
  params: native(
    (text: string, pattern: string) => matchPath(text, pattern) ?? new Map<string, string>()
  ),
  path: native(
    (pattern: string, params?: LuaTable) => basePath() + ownPath(pattern, params, 'router.path')
  ),
  url: native(
    (pattern: string, params?: LuaTable) =>
      runContext.baseUrl.replace(/\/+$/, '') + ownPath(pattern, params, 'router.url')
  )
}
