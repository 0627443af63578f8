/** Finding places in the guide: sections in which every word occurs, those first that have them in their title. */
import { foldText } from '../../format/fold-text.js'
import type { Section } from '../../format/markdown.js'

export interface Place {
  readonly path: string
  readonly chapter: string
  readonly title: string
  /** Around the first of the words. */
  readonly excerpt: string
}

interface Searched {
  readonly name: string
  readonly title: string
  readonly sections: readonly Section[]
}

const EXCERPT = 140

export function findPlaces(chapters: readonly Searched[], asked: string): Place[] {
  const words = foldText(asked).split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found: Array<Place & { rank: number }> = []
  for (const { name, title: chapter, sections } of chapters) {
    for (const { anchor, title, text } of sections) {
      const head = foldText(`${chapter} ${title}`)
      const body = foldText(text)
      if (!words.every(word => head.includes(word) || body.includes(word))) continue
      const own = foldText(title)
      const rank = words.filter(word => own.includes(word)).length
      const path = `/guide/${name}${anchor === '' ? '' : `#${anchor}`}`
      found.push({ path, chapter, title, excerpt: toExcerpt(text, body, words), rank })
    }
  }
  return found.sort((a, b) => b.rank - a.rank)
}

function toExcerpt(text: string, body: string, words: readonly string[]): string {
  const at = words.map(word => body.indexOf(word)).find(index => index >= 0) ?? 0
  const start = at < EXCERPT / 2 ? 0 : text.indexOf(' ', at - EXCERPT / 2) + 1
  const end = start + EXCERPT
  return `${start > 0 ? '… ' : ''}${text.slice(start, end)}${end < text.length ? ' …' : ''}`
}
