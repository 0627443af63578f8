/** The reserved words of Lua 5.3, in the order of its manual (section 3.1). */
// prettier-ignore
export const luaKeywords = [
  'and', 'break', 'do', 'else', 'elseif', 'end', 'false', 'for', 'function', 'goto', 'if', 'in',
  'local', 'nil', 'not', 'or', 'repeat', 'return', 'then', 'true', 'until', 'while'
] as const
