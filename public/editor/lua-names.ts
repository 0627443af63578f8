/** Lua's own names, and the fields of what a handler is given, for completion and hover. */
import type { LuaEntry, LuaModuleReference } from '../api/lua-reference.js'

const entry = (signature: string, doc: string): LuaEntry => {
  const name = /([\w]+)\s*(?:\(|$)/.exec(signature)?.[1] ?? signature
  const inside = /\(([^)]*)\)/.exec(signature)?.[1] ?? ''
  const params = inside
    .split(',')
    .map(text => text.trim())
    .filter(Boolean)
    .map(text => ({ name: text.replace('?', ''), type: '', optional: text.endsWith('?'), doc: '' }))
  return { name, signature, doc, params }
}
const library = (
  name: string,
  doc: string,
  table: Readonly<Record<string, string>>
): LuaModuleReference => ({
  name,
  doc,
  functions: Object.entries(table).map(([signature, text]) => entry(signature, text))
})

export const keywords = [
  'and',
  'break',
  'do',
  'else',
  'elseif',
  'end',
  'false',
  'for',
  'function',
  'goto',
  'if',
  'in',
  'local',
  'nil',
  'not',
  'or',
  'repeat',
  'return',
  'then',
  'true',
  'until',
  'while'
]

/** There is no such function where there are no modules to load. */
export const requireEntry: LuaEntry = entry(
  'require(name)',
  'Loads a shared module, or one that a plugin brings.'
)

export const builtIns: readonly LuaModuleReference[] = [
  library('', 'Lua', {
    'assert(value, message?)': 'Raises an error when value is false or nil.',
    'error(message, level?)': 'Raises an error.',
    'ipairs(list)': 'Goes through a list in order.',
    'pairs(table)': 'Goes through all keys of a table, in no order.',
    'next(table, key?)': 'The next key and value of a table.',
    'pcall(f, ...)': 'Calls f and catches errors: true and results, or false and the error.',
    'xpcall(f, handler, ...)': 'Calls f; handler is given an error before the stack unwinds.',
    'select(n, ...)': 'The arguments from the n-th on; `#` isCurrent them.',
    'setmetatable(table, metatable)': 'Sets the metatable of a table and returns the table.',
    'getmetatable(value)': 'The metatable of a value, or nil.',
    'tonumber(value, base?)': 'The number a text stands for, or nil.',
    'tostring(value)': 'Any value as text.',
    'type(value)': 'The name of the type of a value.',
    'rawget(table, key)': 'Reads a field without metatables.',
    'rawset(table, key, value)': 'Writes a field without metatables.',
    'rawequal(a, b)': 'Compares without metatables.',
    'rawlen(value)': 'Length without metatables.'
  }),
  library('string', 'Lua’s string library', {
    'string.format(pattern, ...)': 'Text with values filled in, as in C.',
    'string.find(s, pattern, init?, plain?)': 'Where the pattern is found: start, end, captures.',
    'string.match(s, pattern, init?)': 'The captures of the first match.',
    'string.gmatch(s, pattern)': 'Goes through all matches.',
    'string.gsub(s, pattern, replacement, n?)': 'Replaces matches; also returns how many.',
    'string.sub(s, from, to?)': 'A part of the text.',
    'string.upper(s)': 'Upper case, ASCII only.',
    'string.lower(s)': 'Lower case, ASCII only.',
    'string.rep(s, n, separator?)': 'The text n times.',
    'string.reverse(s)': 'The bytes backwards.',
    'string.byte(s, from?, to?)': 'The numbers of bytes.',
    'string.char(...)': 'Bytes from numbers.',
    'string.len(s)': 'Length in bytes.'
  }),
  library('table', 'Lua’s table library', {
    'table.insert(list, value)': 'Adds a value at the end, or at a position given before it.',
    'table.remove(list, position?)': 'Takes a value out and returns it.',
    'table.concat(list, separator?, from?, to?)': 'Joins the texts of a list.',
    'table.sort(list, compare?)': 'Sorts a list in place.',
    'table.unpack(list, from?, to?)': 'The values of a list.',
    'table.pack(...)': 'A table of the arguments with their number in n.'
  }),
  library('math', 'Lua’s math library', {
    'math.floor(x)': 'Rounds down.',
    'math.ceil(x)': 'Rounds up.',
    'math.abs(x)': 'Without sign.',
    'math.max(x, ...)': 'The greatest.',
    'math.min(x, ...)': 'The least.',
    'math.sqrt(x)': 'Square root.',
    'math.random(m?, n?)': 'A pseudo-random number. For secrets use random.',
    'math.fmod(x, y)': 'Remainder.',
    'math.pi': '3.14159…',
    'math.huge': 'Infinity.'
  }),
  library('os', 'The harmless part of Lua’s os library', {
    'os.time(table?)': 'Unix seconds, now or of a date.',
    'os.date(format?, time?)': 'A date as text or table.',
    'os.clock()': 'CPU seconds used.',
    'os.difftime(later, earlier)': 'Seconds between two times.'
  })
]

/** The arguments of a handler, which are tables and no modules. */
export const parameters: readonly LuaModuleReference[] = [
  library('event', 'The request', {
    'event.method': 'The method in upper case.',
    'event.path': 'The whole path, decoded, without query.',
    'event.relativePath': 'The path below the function’s own address; `/` when nothing is left.',
    'event.body': 'The raw bytes of the body; empty when there is none.',
    'event.headers': 'Headers by canonical name: event.headers["Content-Type"].',
    'event.query': 'Query parameters by name.',
    'event.headersAll': 'Every value of each header, as a list: event.headersAll["Accept"][1].',
    'event.queryAll': 'Every value of each query parameter, as a list.',
    'event.rawPath': 'The path as it was sent, not decoded.',
    'event.rawQuery': 'The query as it was sent, not decoded.',
    'event.params': 'The parameters of the route that was called.',
    'event.ip': 'The address of the caller.'
  }),
  library('ctx', 'About this execution', {
    'ctx.executionId': 'The id of this execution.',
    'ctx.functionId': 'The id of this function.',
    'ctx.functionName': 'The name of this function.',
    'ctx.version': 'The number of the running version, as text.',
    'ctx.startedAt': 'Unix seconds at the start.',
    'ctx.requestId': 'The id of the request.',
    'ctx.baseUrl': 'The public address of this server.',
    'ctx.url': 'The address that the caller used, with the query.',
    'ctx.trigger':
      'What started it: http, cron, job, function, alert, draft, rerun, or the name of a plugin.',
    'ctx.caller':
      'Who called: its kind is anyone, key, signature or function; name is that of the key or function.',
    'ctx.job_id': 'The job that this is an attempt of; nil in other runs.',
    'ctx.attempt': 'Which attempt of the job it is, from 1; nil in other runs.',
    'ctx.retry_after(seconds)':
      'In a job: run it again after so many seconds, whatever this run gives.',
    'ctx.give_up(reason?)': 'In a job: do not run it again, whatever this run gives.'
  })
]
