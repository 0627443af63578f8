/** Whole programs, and how they are run: the same text in Lua 5.3 and in Moonlet. */
import { seededRandom } from './random.js'
import { Statements } from './statements.js'
import type { Statement } from './statements.js'

/** Runs programs one after the other, each on its own; what they print is what is compared. */
const FRAME = `
local function show(v)
  if type(v) == "number" then
    if v ~= v then return "nan" elseif v == 0 then return "0" end
    return string.format("%.14g", v)
  elseif type(v) == "string" then return (string.format("%q", v):gsub("0x%x%x%x%x%x+", "0x"))
  elseif type(v) == "nil" or type(v) == "boolean" then return tostring(v) end
  return type(v)
end
function P(...)
  local out = {}
  for i = 1, select("#", ...) do out[i] = show((select(i, ...))) end
  print(table.concat(out, " "))
end
function dump(t)
  local out = {}
  for k, v in next, t do out[#out + 1] = show(k) .. "=" .. show(v) end
  table.sort(out)
  local n = #t
  local border = (n == 0 or rawget(t, n) ~= nil) and rawget(t, n + 1) == nil
  return table.concat(out, ",") .. (border and "" or " no border")
end
function collect(s, p)
  local out = {}
  for a, b in string.gmatch(s, p) do out[#out + 1] = show(a) .. show(b) end
  return table.concat(out, ";")
end
local function play(number, text)
  print("-- " .. number)
  local f, e = load(text, "=p")
  if f == nil then print("syntax", e) else P(pcall(f)) end
end
`

const BEGINNING = `local a, b, c, s, u = 1, 2, 3, "abc", "x1"
local t, q, l, r = { 1, 2, 3, x = 1 }, {}, { 3, 1, 2 }, {}
`

const STATEMENTS = 14
const DEPTH = 3

export function randomProgram(seed: number): Statement[] {
  const made = new Statements(seededRandom(seed))
  return Array.from({ length: STATEMENTS }, () => made.statement(DEPTH))
}

const quote = (text: string): string =>
  '"' + text.replace(/["\\\n]/g, c => (c === '\n' ? '\\n' : '\\' + c)) + '"'

/** One chunk that plays these programs, each under its number. */
export const chunkOf = (programs: ReadonlyMap<number, string>): string =>
  FRAME +
  [...programs].map(([number, text]) => `play(${number}, ${quote(BEGINNING + text)})`).join('\n') +
  '\n'

/**
 * Whether both printed the same. Moonlet may say where more often: an error that an operator of a library function
 * meets has a position as well.
 */
export function agree(expected: string | undefined, found: string | undefined): boolean {
  if (expected === found) return true
  const wanted = expected?.split('\n') ?? []
  const had = found?.split('\n') ?? []
  return (
    wanted.length === had.length &&
    wanted.every((text, i) => text === had[i] || text === had[i]?.replace(/(?:p|stdin):\d+: /, ''))
  )
}

/** What each program printed, by its number. */
export function outputs(printed: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const part of printed.split(/^-- (?=\d+$)/m).slice(1)) {
    const end = part.indexOf('\n')
    found.set(Number(part.slice(0, end)), part.slice(end + 1))
  }
  return found
}
