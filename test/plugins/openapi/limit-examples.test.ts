import t from 'tap'
import { loadConfig } from '../../../config/load.js'
import { limitExamples, limitTexts } from '../../../core/base/limit-texts.js'
import { queueFull } from '../../../sandbox/scheduler/admission-errors.js'
import type { ApiDocument } from '../../../plugins/openapi/api-document.js'
import { buildApi } from '../../helpers/api.js'

t.test('the examples of refusals are what a server with default settings says', async t => {
  const config = loadConfig({})
  t.same(limitExamples, {
    queueFull: queueFull(config.QUEUE_LIMIT).message,
    bodyTooLarge: limitTexts.bodyTooLarge(config.BODY_LIMIT, 'BODY_LIMIT'),
    requestTooSlow: limitTexts.requestTooSlow(config.REQUEST_TIMEOUT),
    noRoom: limitTexts.noRoom(config.BUFFERED_BYTES_MAX)
  })
})

t.test('the document has no other text for a limit of the server', async t => {
  const { callOpen } = await buildApi(t)
  const document = JSON.parse((await callOpen('GET', '/docs/openapi.json')).text) as ApiDocument
  const known: readonly string[] = Object.values(limitExamples)
  const texts = Object.values(document.paths)
    .flatMap(methods => Object.values(methods))
    .flatMap(({ responses }) => Object.values(responses))
    .flatMap(({ content = {} }) => Object.values(content))
    .map(({ example }) => String((example as { error?: unknown } | undefined)?.error ?? ''))
    .filter(text => /\b[A-Z]+_[A-Z_]+\b/.test(text))
  t.ok(texts.length > 20, 'examples that name a setting are found')
  for (const text of new Set(texts)) t.ok(known.includes(text), text)
})
