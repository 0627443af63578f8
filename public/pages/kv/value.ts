/** A stored value as it is shown and typed: as text, as JSON with line breaks, or as hex. */
import { decodeText, fromHex, toHex } from '../../format/body.js'
import { isJson, packJson, prettyJson } from '../../format/json-layout.js'
import { t } from '../../i18n/locale.js'

export type ValueView = 'text' | 'json' | 'hex'
export const valueViews: readonly ValueView[] = ['text', 'json', 'hex']

const plainHex = (bytes: Uint8Array): string =>
  toHex(bytes, bytes.length)
    .split('\n')
    .map(line => line.slice(8, 55).trim())
    .join('\n')

/** How to show these bytes at first. */
export function firstView(bytes: Uint8Array): ValueView {
  const text = decodeText(bytes)
  if (text === undefined) return 'hex'
  return /^\s*[[{]/.test(text) && isJson(text) ? 'json' : 'text'
}

/** The bytes of a value as an answer 412 has it. */
export function toBytes({
  value,
  value_base64: base64
}: {
  value?: string
  value_base64?: string
}): Uint8Array {
  return base64 === undefined
    ? new TextEncoder().encode(value ?? '')
    : Uint8Array.from(atob(base64), unit => unit.charCodeAt(0))
}

export function toTyped(bytes: Uint8Array, view: ValueView): string {
  if (view === 'hex') return plainHex(bytes)
  const text = decodeText(bytes) ?? ''
  return view === 'json' ? (prettyJson(text) ?? text) : text
}

/** The bytes to store. Throws in words when what is typed is not what the view says. */
export function fromTyped(text: string, view: ValueView): Uint8Array<ArrayBuffer> {
  const encode = (given: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(given)
  if (view === 'text') return encode(text)
  if (view === 'hex') {
    const bytes = fromHex(text)
    if (!bytes) throw new Error(t('data.noHex'))
    return bytes
  }
  try {
    return encode(packJson(text))
  } catch (error) {
    throw new Error(t('data.noJson', { message: error instanceof Error ? error.message : '' }))
  }
}
