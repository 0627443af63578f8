import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startMoonlet } from 'moonlet/testing'
import { isInstalled, startRedis } from './redis-server.js'

const skip = isInstalled() ? false : 'redis-server is not installed (apt-get install redis-server)'

describe('redis', { skip }, () => {
  let redis
  let server
  before(async () => {
    redis = await startRedis()
    server = await startMoonlet({
      plugins: ['./index.js'],
      settings: { REDIS_URL: redis.url, EXECUTION_TIMEOUT: '20' }
    })
  })
  after(async () => {
    await server?.close()
    await redis?.close()
  })
  const run = async body => (await server.run(body)).body

  test('values are bytes, and shared by all functions', async () => {
    assert.equal(await run('return { body = tostring(redis.set("k", "a\\0\\255")) }'), 'OK')
    assert.equal(
      await run(
        'return { body = tostring(redis.get("k") == "a\\0\\255") .. tostring(redis.get("none")) }'
      ),
      'truenil'
    )
    assert.equal(
      await run(
        'redis.set("t", "x", { ttl = 100 }) return { body = redis.command({ "TTL", "t" }) }'
      ),
      '100'
    )
  })

  test('many increments at once lose no step', async () => {
    const id = await server.save('return { body = redis.increment("n") }')
    const sums = await Promise.all(
      Array.from({ length: 50 }, async () => Number((await server.call(id)).body))
    )
    assert.deepEqual(
      sums.sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, i) => i + 1)
    )
  })

  test('other commands, with lists and holes in them', async () => {
    assert.equal(
      await run(
        'redis.command({ "RPUSH", "q", "a", 2 }) return { body = ' +
          'table.concat(redis.command({ "LRANGE", "q", 0, -1 }), ",") }'
      ),
      'a,2'
    )
    assert.equal(
      await run(
        'local r = redis.command({ "MGET", "k", "none" }) return { body = #r .. tostring(r[2]) }'
      ),
      '2false'
    )
  })

  test('commands that would harm others are refused', async () => {
    for (const command of [
      'BLPOP',
      'flushall',
      'SUBSCRIBE',
      'config',
      'eval',
      'nonsense here',
      ''
    ]) {
      assert.match(
        await run(
          `local r, err = redis.command({ "${command}", "x", "0" }) return { body = tostring(r) .. " " .. err }`
        ),
        /^nil redis: .*not allowed/,
        command
      )
    }
  })

  test('what Redis refuses is nil and its words', async () => {
    assert.match(
      await run(
        'redis.command({ "RPUSH", "list", "x" }) local v, err = redis.get("list") return { body = tostring(v) .. err }'
      ),
      /^nilredis: .*WRONGTYPE/
    )
  })

  test('a message runs a function', async t => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'moonlet-redis-'))
    const settings = { REDIS_URL: redis.url, DATA_DIR }
    const first = await startMoonlet({ plugins: ['./index.js'], settings })
    const id = await first.save(
      'return { body = event.headers["X-Redis-Channel"] .. ":" .. event.body, statusCode = 201 }'
    )
    await first.close()

    const second = await startMoonlet({
      plugins: ['./index.js'],
      settings: { ...settings, REDIS_SUBSCRIBE: `orders=${id}` }
    })
    t.after(async () => {
      await second.close()
      await rm(DATA_DIR, { recursive: true })
    })
    let listening = '0'
    for (let i = 0; i < 100 && listening !== '1'; i++) {
      listening = await run('return { body = redis.publish("orders", "new") }')
    }
    assert.equal(listening, '1')
    let executions = []
    for (let i = 0; i < 100 && executions.length === 0; i++) {
      executions = (await second.api(`/api/functions/${id}/executions`)).executions
    }
    assert.deepEqual(
      [executions[0].trigger, JSON.parse(executions[0].event_json).body],
      ['redis', 'new']
    )
  })

  test('a server that goes away is an error for the function, and is found again', async () => {
    const { port } = redis
    await redis.close()
    assert.match(
      await run('local v, err = redis.get("k") return { body = tostring(v) .. " " .. err }'),
      /^nil redis: /
    )
    redis = await startRedis(port)
    let body = ''
    for (let i = 0; i < 50 && body !== 'OK'; i++) {
      body = await run('local ok, err = redis.set("back", "1") return { body = ok or err }')
    }
    assert.equal(body, 'OK')
  })
})
