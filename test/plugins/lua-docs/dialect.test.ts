import t from 'tap'
import { dialectText } from '../../../plugins/lua-docs/guide-dialect.js'
import { handlerDefinitions } from '../../../plugins/lua-docs/handler-definitions.js'
import { returning, startRig } from '../../sandbox/rig.js'

/** The names in backticks in the guide's item that begins so. */
function namesAfter(beginning: string): string[] {
  const item = dialectText.split('\n').find(line => line.startsWith(`- ${beginning}`)) ?? ''
  return Array.from(
    item.matchAll(/`([a-z][a-zA-Z0-9]*(?:\.[a-z]\w*)?)`/g),
    match => match[1] as string
  )
}

const typeOf = (name: string) =>
  `(function() local ok, t = pcall(function() return type(${name}) end) return ok and t or "nil" end)()`

t.test('what the guide says of the language is so', async t => {
  const { body } = await startRig(t)
  const types = async (names: readonly string[]) =>
    (await body(returning(`table.concat({ ${names.map(typeOf).join(', ')} }, " ")`))).split(' ')

  const kept = namesAfter('Kept from Lua 5.1')
  t.ok(kept.length > 8)
  t.same(
    await types(kept),
    kept.map(() => 'function'),
    kept.join(' ')
  )

  const missing = namesAfter('Not there').filter(name => name !== 'os')
  t.ok(missing.includes('io') && missing.includes('os.execute'))
  t.same(
    await types(missing),
    missing.map(() => 'nil'),
    missing.join(' ')
  )

  const there = [
    'string.format',
    'string.gsub',
    'string.gmatch',
    'string.pack',
    'table.unpack',
    'math.floor',
    'coroutine.wrap',
    'utf8.char',
    'load',
    'os.time',
    'os.date',
    'os.clock',
    'os.difftime'
  ]
  t.same(
    await types(there),
    there.map(() => 'function')
  )
})

t.test('what the guide says of numbers is so', async t => {
  const { body } = await startRig(t)
  t.equal(
    await body(
      returning(
        'table.concat({ 10 / 2, 7 // 2, 7 % 3, 6 & 3, 6 | 1, 6 ~ 3, 1 << 4, 256 >> 4, 2^53, #"é", utf8.len("é") }, " ")'
      )
    ),
    '5 3 1 2 7 5 16 16 9007199254740992 2 1'
  )
})

t.test('what the definitions add to Lua 5.3 is there', async t => {
  const { body } = await startRig(t)
  const names = Array.from(
    handlerDefinitions.matchAll(
      /^(?:function )?((?:unpack|loadstring|string\.\w+|table\.\w+|math\.\w+))(?: =| \()/gm
    ),
    match => match[1] as string
  )
  t.ok(names.length > 6)
  t.equal(
    await body(returning(`table.concat({ ${names.map(typeOf).join(', ')} }, " ")`)),
    names.map(() => 'function').join(' '),
    names.join(' ')
  )
})
