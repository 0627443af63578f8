/** Differences as unified diffs, the format of `diff -u` and git. */
import type { Terminal } from '../../terminal.js'
import type { Compared } from './compare.js'
import { toShownText, type Content } from './content.js'
import { filesOf, kindOf } from './item-files.js'

/** Beyond this the search for the shortest difference takes long; what it would show helps nobody. */
const MAX_EDITS = 5000

/** From what the server has to what the folder has; '' when they are equal. */
export async function toDiff(one: Compared): Promise<string> {
  const { name, local, remote } = one
  const [before, after] = [remote?.content, local?.content]
  const files = filesOf({ kind: kindOf(one), folder: name })
  const { createTwoFilesPatch } = await import('diff')
  const diff = (file: string, old: string | undefined, now: string | undefined): string => {
    if (old === now) return ''
    const from = old === undefined ? '/dev/null' : `server/${file}`
    const to = now === undefined ? '/dev/null' : `folder/${file}`
    const patch = createTwoFilesPatch(from, to, old ?? '', now ?? '', undefined, undefined, {
      maxEditLength: MAX_EDITS,
      headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true }
    })
    return patch ?? `--- ${from}\n+++ ${to}\n(most lines differ)\n`
  }
  const textOf = (content: Content | undefined) =>
    content === undefined ? undefined : toShownText(content.settings)
  return (
    diff(files.settings, textOf(before), textOf(after)) +
    diff(files.code, before?.code, after?.code)
  )
}

export function sayDiff(terminal: Terminal, diff: string): void {
  for (const line of diff.split('\n')) {
    if (line === '') continue
    if (line.startsWith('--- ') || line.startsWith('+++ ')) terminal.say(line, 'bold')
    else if (line.startsWith('@@')) terminal.say(line, 'faint')
    else if (line.startsWith('+')) terminal.say(line, 'added')
    else if (line.startsWith('-')) terminal.say(line, 'removed')
    else terminal.say(line)
  }
}
