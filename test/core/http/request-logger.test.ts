import pino from 'pino'
import t from 'tap'
import { RequestLogger } from '../../../core/http/request-logger.js'

t.test('every line has the id of its request, and without a line nothing is made', async t => {
  const lines: Array<Record<string, unknown>> = []
  let made = 0
  const parent = pino(
    {
      level: 'trace',
      base: null,
      timestamp: false,
      onChild() {
        made++
      }
    },
    {
      write(line: string) {
        lines.push(JSON.parse(line))
      }
    }
  )
  const log = new RequestLogger(parent, { reqId: 'r-1' }, {})
  t.equal(made, 0)
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
    log[level]({ n: 1 }, level)
  }
  log.silent('nothing')
  t.same(
    lines,
    [10, 20, 30, 40, 50, 60].map((level, i) => ({
      level,
      reqId: 'r-1',
      n: 1,
      msg: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'][i]
    }))
  )
  log.child({ plugin: 'p' }).info('from a child')
  t.match(lines.at(-1), { reqId: 'r-1', plugin: 'p', msg: 'from a child' })
  t.equal(made, 2, 'one for the request, one asked for')
  log.level = 'error'
  log.info('too fine')
  t.equal(log.level, 'error')
  t.equal(parent.level, 'trace', 'another request is not concerned')
  t.equal(lines.length, 7)
})
