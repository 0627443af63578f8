/** Zones in parsed texts: offsets, and names, of which only UTC, GMT and GMT±n have a meaning. */
import type { Reader } from './reader.js'

/** The offset in seconds, written as the layout element `shown`, such as `-07:00` or `Z0700`. */
export function readOffset(reader: Reader, shown: string): number {
  if (shown.startsWith('Z') && reader.peek(1) === 'Z') {
    reader.take(1)
    return 0
  }
  const text = reader.take(shown.length)
  const pattern = new RegExp(`^[+-]${shown.slice(1).replace(/\d\d/g, '\\d\\d')}$`)
  if (!pattern.test(text)) throw reader.failure('the zone is missing')
  const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d\d/g) ?? []).map(Number)
  // Some write offsets of a full 24 hours or 60 minutes; Go reads them, and so do we.
  if (hours > 24 || minutes > 60 || seconds > 60) throw reader.failure('the zone is out of range')
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
}

/** The offset of a zone's name. Names of which nothing is known count as UTC. */
export function readZoneName(reader: Reader): number {
  const found = zoneName(reader.peek(16))
  if (found === undefined) throw reader.failure('the zone name is missing')
  reader.take(found.length)
  return found.startsWith('GMT') && found.length > 3 ? Number(found.slice(3)) * 3600 : 0
}

function zoneName(text: string): string | undefined {
  if (text.startsWith('UTC')) return 'UTC'
  if (text.startsWith('ChST') || text.startsWith('MeST')) return text.slice(0, 4)
  if (text.startsWith('GMT')) return 'GMT' + (signedHours(text.slice(3)) ?? '')
  if (/^[+-]/.test(text)) return signedHours(text)
  // Abbreviations have three to five capitals; the longer ones end in T, but for WITA.
  const capitals = /^[A-Z]{0,6}/.exec(text)?.[0] ?? ''
  if (capitals.length === 3) return capitals
  if (capitals.length === 4 || capitals.length === 5) {
    return capitals.endsWith('T') || capitals === 'WITA' ? capitals : undefined
  }
  return undefined
}

function signedHours(text: string): string | undefined {
  const found = /^[+-]\d+/.exec(text)?.[0]
  return found !== undefined && Number(found.slice(1)) <= 23 ? found : undefined
}
