/** What an event says beyond its main fields, as the list of texts that travels in a run frame. */
import { encodePath, encodeQuery } from '../../core/base/encoded-target.js'
import type { InvocationEvent } from '../../core/contracts/invocation.js'

const nothing: readonly string[] = []

/** In the order of `DetailTexts` (protocol/frames.ts). */
export function toDetailTexts(event: InvocationEvent): readonly string[] {
  const { origin = '', target, ip = '', params, moreHeaders, moreQuery } = event.details ?? {}
  const asked = target ?? madeTarget(event)
  const hasNone = params === undefined && moreHeaders === undefined && moreQuery === undefined
  if (hasNone) return [origin, asked, ip, '0', '0', '0']
  const texts = [origin, asked, ip]
  pushPairs(texts, params === undefined ? nothing : Object.entries(params).flat())
  pushPairs(texts, moreHeaders ?? nothing)
  pushPairs(texts, moreQuery ?? nothing)
  return texts
}

function pushPairs(texts: string[], pairs: readonly string[]): void {
  texts.push(String(pairs.length))
  for (const text of pairs) texts.push(text)
}

/** The target of a request that nobody has sent. */
function madeTarget({ path, query, details }: InvocationEvent): string {
  const text = encodeQuery(query, details?.moreQuery)
  return text === '' ? encodePath(path) : `${encodePath(path)}?${text}`
}
