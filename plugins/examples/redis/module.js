/** The Lua module `redis`. Keys and values are bytes, and are shared by all functions. */
import {
  Any,
  Bytes,
  Fields,
  Int,
  List,
  LuaFailure,
  Num,
  Optional,
  field,
  host,
  luaModule,
  param
} from 'moonlet/plugin'

const Key = Bytes({ max: 64 * 1024 })
const key = param('key', Key, 'Any bytes.')

/** Never from functions: they would block a shared connection, turn it into another, or reach every key there is. */
const REFUSED = new Set([
  'auth',
  'blmove',
  'blmpop',
  'blpop',
  'brpop',
  'brpoplpush',
  'bzmpop',
  'bzpopmax',
  'bzpopmin',
  'client',
  'cluster',
  'config',
  'debug',
  'discard',
  'exec',
  'failover',
  'flushall',
  'flushdb',
  'hello',
  'keys',
  'migrate',
  'module',
  'monitor',
  'multi',
  'psubscribe',
  'psync',
  'quit',
  'replicaof',
  'reset',
  'save',
  'select',
  'shutdown',
  'slaveof',
  'ssubscribe',
  'subscribe',
  'swapdb',
  'sync',
  'unwatch',
  'wait',
  'waitaof',
  'watch',
  'xread',
  'xreadgroup',
  'script',
  'eval',
  'evalsha',
  'fcall',
  'function',
  'acl'
])

/** What a command failed with, in Redis' own words, is for the function to deal with. */
async function failing(work) {
  try {
    return await work
  } catch (cause) {
    throw new LuaFailure(`redis: ${cause.message || 'not reachable'}`, { cause })
  }
}

/** Replies as Lua has them: bytes, numbers, lists; nil inside a list becomes false. */
const toLua = (reply, nil = undefined) =>
  Array.isArray(reply) ? reply.map(item => toLua(item, false)) : (reply ?? nil)

export const redisModule = pool =>
  luaModule('redis', {
    doc: 'A Redis server, shared by all functions. Failures of Redis give `nil, message`.',
    functions: {
      get: get(pool),
      set: set(pool),
      increment: increment(pool),
      publish: publish(pool),
      command: command(pool)
    }
  })

const get = pool =>
  host({
    doc: 'Returns the value of a key, or nil.',
    params: [key],
    returns: Optional(Bytes()),
    fails: true,
    example: 'local name, err = redis.get("name")\nreturn { body = name or err or "nobody" }',
    run: async (_call, key) => (await failing(pool.take().getBuffer(key))) ?? undefined
  })

const set = pool =>
  host({
    doc: 'Sets the value of a key.',
    params: [
      key,
      param('value', Bytes(), 'Any bytes.'),
      param(
        'options',
        Optional(
          Fields(
            { ttl: field(Optional(Num({ min: 0.001 })), 'Seconds after which it is gone.') },
            'RedisSetOptions'
          )
        ),
        'How it is kept.'
      )
    ],
    returns: Bytes(),
    returnDoc: '`OK`',
    fails: true,
    example: 'redis.set("name", "Ada", { ttl = 60 })\nreturn { body = redis.get("name") }',
    run(_call, key, value, options) {
      const expiry = options?.ttl === undefined ? [] : ['PX', Math.ceil(options.ttl * 1000)]
      return failing(pool.take().callBuffer('SET', key, value, ...expiry))
    }
  })

const increment = pool =>
  host({
    doc: 'Adds to the whole number under a key, atomically, and returns the sum.',
    params: [key, param('by', Optional(Int()), 'What to add; 1 if left out.')],
    returns: Num(),
    fails: true,
    example: 'return { body = redis.increment("visits") }',
    run: (_call, key, by = 1) => failing(pool.take().incrby(key, by))
  })

const publish = pool =>
  host({
    doc: 'Publishes a message on a channel; returns how many received it.',
    params: [param('channel', Key, 'The channel.'), param('message', Bytes(), 'Any bytes.')],
    returns: Int(),
    fails: true,
    example: 'return { body = redis.publish("orders", "new") .. " listening" }',
    run: (_call, channel, message) => failing(pool.take().publish(channel, message))
  })

const command = pool =>
  host({
    doc:
      'Sends any other command; what is nil inside a list comes as false. Commands that ' +
      'block, switch the connection or concern the whole server are refused.',
    params: [param('command', List(Bytes()), 'The command and its arguments.')],
    returns: Any,
    fails: true,
    example:
      'redis.command({ "RPUSH", "queue", "a", "b" })\n' +
      'return { body = table.concat(redis.command({ "LRANGE", "queue", 0, -1 }), ",") }',
    async run(_call, [name, ...args]) {
      const text = Buffer.from(name ?? '')
        .toString('latin1')
        .toLowerCase()
      if (!/^[a-z.]+$/.test(text) || REFUSED.has(text)) {
        throw new LuaFailure(`redis: the command ${text.slice(0, 40)} is not allowed here`)
      }
      return toLua(
        await failing(pool.take().callBuffer(text, ...args.map(arg => Buffer.from(arg))))
      )
    }
  })
