import { readFile } from 'node:fs/promises'
import t from 'tap'
import { settings } from '../../config/schema.js'
import { caddy, nginx } from '../helpers/proxy.js'
import { keepsPromises } from './proxy-promises.js'

keepsPromises(nginx)

t.test('nginx waits for longer than a call may', async t => {
  const longest =
    settings.QUEUE_TIMEOUT.read(undefined) + settings.EXECUTION_TIMEOUT.read(undefined)
  const text = await readFile(nginx.file, 'utf8')
  const waits = [...text.matchAll(/proxy_(?:read|send)_timeout (\d+)s;/g)].map(([, digits]) =>
    Number(digits)
  )
  t.equal(waits.length, 4)
  for (const wait of waits) t.ok(wait > longest, `${wait} s`)
})

t.test('what the guide shows of the files is in them', async t => {
  const guide = await readFile('public/guide/proxy.md', 'utf8')
  for (const [language, { file }] of [
    ['nginx', nginx],
    ['caddy', caddy]
  ] as const) {
    const [, block = ''] = new RegExp(`\n\`\`\`${language}\n([^]+?)\n\`\`\``).exec(guide) ?? []
    const text = await readFile(file, 'utf8')
    const lines = block.split('\n').map(line => line.trim())
    t.ok(lines.length > 2)
    for (const line of lines) t.ok(text.includes(line), line)
  }
})
