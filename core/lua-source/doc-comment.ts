/** Doc comments of Lua code (`---`), with the tags that the Lua language server knows. */

interface Param {
  readonly name: string
  readonly type: string
}

/** What the comment above something says. */
export interface Doc {
  readonly description: string
  /** By their names without a `?`; of two with one name the first. Many fields may share one comment. */
  readonly params: ReadonlyMap<string, Param>
  readonly returns: readonly string[]
  readonly type: string | undefined
}

export const isEmpty = ({ description, params, returns, type }: Doc): boolean =>
  description === '' && params.size === 0 && returns.length === 0 && type === undefined

/** The comment's lines, without their dashes. */
export function parseDoc(lines: readonly string[]): Doc {
  const prose: string[] = []
  const notes: string[] = []
  const params = new Map<string, Param>()
  const returns: string[] = []
  let type: string | undefined
  for (const line of lines) {
    const [, tag = '', rest = ''] = /^@(\w+)\s*(.*)$/s.exec(line) ?? []
    if (tag === 'param') {
      const [, name = '', given = ''] = /^([\w.]+\??)\s*(.*)$/s.exec(rest) ?? []
      if (name === '') continue
      const [wanted, note] = splitType(given)
      const plain = name.replace('?', '')
      if (note !== '') notes.push(`\`${plain}\`: ${note}`)
      if (!params.has(plain)) params.set(plain, { name, type: wanted })
    } else if (tag === 'return') returns.push(splitType(rest)[0])
    else if (tag === 'type') type = splitType(rest)[0]
    else if (tag === '' && !line.startsWith('@')) prose.push(line)
  }
  const description = [prose.join('\n').trim(), notes.join('\n')].filter(part => part !== '')
  return {
    description: description.join('\n\n'),
    params,
    returns: returns.filter(text => text !== ''),
    type: type === '' ? undefined : type
  }
}

/** A type, which has blanks only within brackets and around `|`, and what is said behind it. */
function splitType(text: string): readonly [type: string, note: string] {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if ('(<{['.includes(char)) depth++
    else if (')>}]'.includes(char)) depth--
    else if (char === ' ' && depth <= 0) {
      const [before, after] = [text.slice(0, at), text.slice(at + 1).trimStart()]
      if (/[|:,]$/.test(before) || /^[|]/.test(after)) continue
      return [before, after.replace(/^[#-]\s*/, '')]
    }
  }
  return [text, '']
}
