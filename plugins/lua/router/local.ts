import type { LuaTable } from '../../../sandbox/lua/api.js'
import { checkLength, native } from '../native.js'
import { runContext } from '../run-context.js'
import { fillPattern } from './fill.js'
import { matchPath } from './match.js'

const path = (pattern: string, params: LuaTable | undefined, name: string): string => {
  const filled = fillPattern(pattern, params, name)
  const text = `/fn/${runContext.functionId}${filled === '' || filled.startsWith('/') ? '' : '/'}${filled}`
  checkLength(text.length, name)
  return text
}

export const functions = {
  match: native((text: string, pattern: string) => matchPath(text, pattern) !== undefined),
  params: native(
    (text: string, pattern: string) => matchPath(text, pattern) ?? new Map<string, string>()
  ),
  path: native((pattern: string, params?: LuaTable) => path(pattern, params, 'router.path')),
  url: native(
    (pattern: string, params?: LuaTable) =>
      runContext.baseUrl.replace(/\/+$/, '') + path(pattern, params, 'router.url')
  )
}
