/**
 * A run of no consequence, in the process whose compiled code all others begin with: V8 compiles a function when it is
 * first called, and so the first real run would wait for the libraries and the channel. In the others it would cost
 * 5 ms of each start and save the first run 0.7. (The engine does the same for its machine, in each process: what V8
 * learns of the types that it meets is not in that code.)
 */
import { FromChild, HEADER_BYTES, ToChild } from '../protocol/frames.js'
import { answerText } from '../protocol/answer-frame.js'
import { encodeFrame } from '../protocol/codec.js'
import { plainSize, writePlain } from '../protocol/plain.js'
import { decodeRun, encodeRun } from '../protocol/run-frame.js'
import { bodyFunction, readAnswer } from './response.js'
import type { Engine } from '../lua/api.js'
import { toQueuedRun } from './event.js'

const code = `
local Account = {}
Account.__index = Account
local function new(name) return setmetatable({ name = name, balance = 0 }, Account) end
function Account:deposit(sum) self.balance = self.balance + sum return self end
function handler(ctx, event)
  local lines = {}
  for i = 1, 10 do lines[#lines + 1] = string.format("%d %s %5.2f", i, ("x"):rep(i), i / 3) end
  for name, value in pairs(event.headers) do lines[#lines + 1] = name:lower() .. "=" .. value:gsub("%s+", " ") end
  table.sort(lines, function (a, b) return a < b end)
  local ok, message = pcall(error, "none")
  local account = new(event:header("host")):deposit(2):deposit(#lines)
  local step = coroutine.wrap(function (n) while true do n = coroutine.yield(n + 1) end end)
  if ok or event.method ~= "GET" or event.query.q ~= "x" or ctx.version ~= "" then return nil end
  return {
    statusCode = 200,
    headers = { ["Content-Type"] = "text/plain" },
    body = table.concat(lines, ",") .. tostring(message) .. account.balance .. step(1) .. step(2) .. math.floor(1.5)
  }
end`

export function warmUp(engine: Engine): void {
  const frame = encodeRun([
    ToChild.run,
    [
      '',
      0,
      '',
      '',
      'GET',
      '/',
      '/',
      'http',
      'anyone',
      '',
      0,
      '',
      ['Host', 'Accept'],
      ['localhost', '*/*'],
      ['q'],
      ['x'],
      ['', '/?q=x', '', '0', '0', '0']
    ],
    new Uint8Array(0)
  ])
  const { run, ctx, event } = toQueuedRun(decodeRun(frame.subarray(HEADER_BYTES)), [
    ToChild.bind,
    '',
    '',
    '',
    '',
    ''
  ])
  engine.runWith(engine.prepare(code, 'warm-up'), ctx, event, 0, result => {
    if (bodyFunction(result) !== undefined) return
    const answer = readAnswer(run.id, result, 1024 * 1024)
    const text = answerText(answer, [0, 0])
    writePlain(Buffer.allocUnsafe(plainSize(text, answer.body)), text, answer.body)
  })
  encodeFrame([FromChild.call, 0, ['warm']])
}
