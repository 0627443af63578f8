import t from 'tap'
import { ReplayMemory } from '../../../core/access/replay-memory.js'

t.test('a delivery whose run succeeded is known as that, one that failed is new again', async t => {
  const memory = new ReplayMemory()
  t.equal(memory.begin('f', '1'), 'new')
  t.equal(memory.begin('f', '1'), 'running')
  memory.end('f', '1', false)
  t.equal(memory.begin('f', '1'), 'new')
  memory.end('f', '1', true)
  t.equal(memory.begin('f', '1'), 'succeeded')
  t.equal(memory.begin('f', '2'), 'new')
  t.equal(memory.begin('g', '1'), 'new', 'functions have ids of their own')
})

t.test('after a day it is forgotten', async t => {
  let now = 0
  const memory = new ReplayMemory(() => now)
  memory.begin('f', '1')
  memory.end('f', '1', true)
  now = 24 * 3600 * 1000 - 1
  t.equal(memory.begin('f', '1'), 'succeeded')
  now++
  t.equal(memory.begin('f', '1'), 'new')
})

t.test('of many deliveries the oldest are forgotten, of other functions none', async t => {
  const memory = new ReplayMemory()
  const handle = (functionId: string, id: string) => {
    memory.begin(functionId, id)
    memory.end(functionId, id, true)
  }
  handle('g', 'first')
  for (let i = 0; i <= 10_000; i++) handle('f', String(i))
  t.equal(memory.begin('f', '0'), 'new')
  t.equal(memory.begin('f', '1'), 'succeeded')
  t.equal(memory.begin('f', '10000'), 'succeeded')
  t.equal(memory.begin('g', 'first'), 'succeeded')
})

t.test('of many functions the one is forgotten that had none for longest', async t => {
  const memory = new ReplayMemory()
  for (let i = 0; i <= 1000; i++) {
    memory.begin(`f${i}`, '1')
    memory.end(`f${i}`, '1', true)
  }
  t.equal(memory.begin('f0', '1'), 'new')
  t.equal(memory.begin('f1', '1'), 'succeeded')
})
