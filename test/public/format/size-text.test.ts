import t from 'tap'
import { parseSize, toSizeText } from '../../../public/format/size-text.js'

t.test('sizes are written exactly, in the largest unit', async t => {
  for (const [bytes, text] of [
    [0, ''],
    [1, '1 B'],
    [1025, '1025 B'],
    [65_536, '64 KB'],
    [64 * 1024 ** 2, '64 MB'],
    [5 * 1024 ** 4, '5120 GB']
  ] as const) {
    t.equal(toSizeText(bytes), text)
    t.equal(parseSize(text), bytes, text)
  }
})

t.test('sizes are read as people type them, and nothing else', async t => {
  for (const [text, bytes] of [
    ['512', 512],
    ['1.5 MB', 1_572_864],
    ['1,5mb', 1_572_864],
    [' 2 GiB ', 2 * 1024 ** 3],
    ['3k', 3072]
  ] as const) {
    t.equal(parseSize(text), bytes, text)
  }
  for (const text of ['much', '-1', '1 TB', '1..2', '1 2']) {
    t.equal(parseSize(text), undefined, text)
  }
})
