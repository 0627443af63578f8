import t from 'tap'
import { findCall } from '../../../public/editor/call-site.js'

t.test('the call around the cursor and the argument in it are found', async t => {
  t.same(findCall('kv.set("a", '), { module: 'kv', name: 'set', argument: 1 })
  t.same(findCall('local x = tostring('), { module: '', name: 'tostring', argument: 0 })
})
t.test('nested calls and tables do not count', async t => {
  t.same(findCall('kv.set(string.format("%d", 1), '), { module: 'kv', name: 'set', argument: 1 })
  t.same(findCall('http.post(url, { headers = { a = 1, b = 2 }, '), {
    module: 'http',
    name: 'post',
    argument: 1
  })
})
t.test('brackets and commas in texts and comments do not count', async t => {
  t.same(findCall('log.info("a, (b", '), { module: 'log', name: 'info', argument: 1 })
  t.same(findCall('log.info("a" -- (, \n, '), { module: 'log', name: 'info', argument: 1 })
})
t.test('outside of any call there is none', async t => {
  t.equal(findCall('kv.get("a") '), undefined)
  t.equal(findCall('if x then'), undefined)
})
