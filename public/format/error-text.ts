/** Takes apart the text kept with a failed execution: headline, code excerpt, advice. */
export interface ErrorText {
  headline: string
  excerpt: Array<{ text: string; failing: boolean }>
  /** Line by line; points of a list without their mark. */
  advice: Array<{ text: string; point: boolean }>
}

function section(text: string, from: string, to: string): [inside: string, rest: string] {
  const start = text.indexOf(from)
  if (start < 0) return ['', text]
  const end = to === '' ? text.length : text.indexOf(to, start)
  if (end < 0) return ['', text]
  return [text.slice(start + from.length, end), text.slice(0, start) + text.slice(end + to.length)]
}

export function parseErrorText(text: string): ErrorText {
  const [advice, withoutTip] = section(text, '[TIP]', '')
  const [code, headline] = section(withoutTip, '[CODE]\n', '\n[/CODE]')
  return {
    // The traceback has a place of its own on the page.
    headline: headline.split('\nstack traceback:')[0]?.trim() ?? '',
    excerpt:
      code === ''
        ? []
        : code.split('\n').map(line => ({
            text: line,
            failing: line.startsWith('>') || /^\s*\|?\s*\^/.test(line)
          })),
    advice:
      advice.trim() === ''
        ? []
        : advice
            .trim()
            .split('\n')
            .map(line => ({ text: line.replace(/^\s*•\s*/, ''), point: /^\s*•/.test(line) }))
  }
}
