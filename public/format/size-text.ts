/** Sizes as people type them: `64 MB`, `1.5 GB`, `512`. The units are those of 1024, as everywhere in the dashboard. */
const units = ['B', 'KB', 'MB', 'GB'] as const

/** Exactly so many bytes, in the largest unit that holds them as a whole number; '' for none. */
export function toSizeText(bytes: number): string {
  if (bytes === 0) return ''
  let size = bytes
  let unit = 0
  while (size % 1024 === 0 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${size} ${units[unit]}`
}

/** Whole bytes; 0 for an empty text, undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  if (text.trim() === '') return 0
  const [, digits, letter = ''] = /^\s*(\d+(?:[.,]\d+)?)\s*([KMG]?)i?B?\s*$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  const power = ['', 'K', 'M', 'G'].indexOf(letter.toUpperCase())
  return Math.round(Number(digits.replace(',', '.')) * 1024 ** power)
}
