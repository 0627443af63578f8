/** `log`: messages in the execution's record. */
import { host, luaModule, param } from '../../../core/lua/module.js'
import { Nil, Text } from '../../../core/lua/types/declare.js'
import type { LogLevel } from '../../../core/contracts/records.js'

const docs: Readonly<Record<LogLevel, string>> = {
  debug: 'Writes a message of level `debug`: details that matter while looking for a mistake.',
  info: 'Writes a message of level `info`: what a run did.',
  warn: 'Writes a message of level `warn`: something unexpected that the function could deal with.',
  error: 'Writes a message of level `error`: something that went wrong. It does not end the run.'
}

const write = (level: LogLevel) =>
  host({
    doc: `${docs[level]} Secrets that look like tokens, keys and passwords are masked before it is stored.`,
    params: [param('message', Text(), 'What to write; numbers are fine.')],
    returns: Nil,
    example: `log.${level}("order 42: " .. 3 .. " items")\nreturn { body = "logged" }`,
    oneWay: { result: undefined },
    run(call, message) {
      call.log(level, message)
      return undefined
    }
  })

export const logModule = () =>
  luaModule('log', {
    doc: 'Messages in the record of the execution, in order, also when the run fails later.',
    functions: {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error')
    }
  })
