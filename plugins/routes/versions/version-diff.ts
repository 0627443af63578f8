/** The difference of two versions of code, line by line (CONTRACT section 12). */
import { diffArrays } from 'diff'

export interface DiffLine {
  readonly line_type: 'unchanged' | 'removed' | 'added'
  /** From 1, in the old text; absent for an added line. */
  readonly old_line?: number
  /** From 1, in the new text; absent for a removed line. */
  readonly new_line?: number
  readonly content: string
}

/**
 * Beyond this many edits the search for the shortest difference would hold up the server (its cost grows with
 * their square), and what it finds helps nobody: the differing middle is then given as removed and added.
 */
const MAX_EDITS = 1500

/**
 * All lines of both texts in reading order; within a changed block the removed ones come before the added.
 * A missing final newline is ignored, blank lines count.
 */
export function diffVersions(before: string, after: string): DiffLine[] {
  const lines = createLineList()
  let removed: string[] = []
  let added: string[] = []
  const endBlock = () => {
    lines.remove(removed)
    lines.add(added)
    removed = []
    added = []
  }
  for (const change of findChanges(toLines(before), toLines(after))) {
    if (change.removed) removed = removed.concat(change.value)
    else if (change.added) added = added.concat(change.value)
    else {
      endBlock()
      lines.keep(change.value)
    }
  }
  endBlock()
  return lines.all
}

interface Change {
  readonly value: string[]
  readonly added: boolean
  readonly removed: boolean
}

function findChanges(before: string[], after: string[]): Change[] {
  const kept = { added: false, removed: false }
  const start = countEqual(before, after, 0)
  const end = countEqual(before.toReversed(), after.toReversed(), start)
  const oldMiddle = before.slice(start, before.length - end)
  const newMiddle = after.slice(start, after.length - end)
  return [
    { value: before.slice(0, start), ...kept },
    ...(diffArrays(oldMiddle, newMiddle, { maxEditLength: MAX_EDITS }) ?? [
      { value: oldMiddle, added: false, removed: true },
      { value: newMiddle, added: true, removed: false }
    ]),
    { value: before.slice(before.length - end), ...kept }
  ]
}

/** How many leading lines are equal, leaving `taken` lines of the shorter list to the other end. */
function countEqual(a: readonly string[], b: readonly string[], taken: number): number {
  const most = Math.min(a.length, b.length) - taken
  let count = 0
  while (count < most && a[count] === b[count]) count++
  return count
}

function toLines(text: string): string[] {
  if (text === '') return []
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

/** Numbers the lines of both texts as they are listed. */
function createLineList() {
  const all: DiffLine[] = []
  let oldLine = 0
  let newLine = 0
  return {
    all,
    keep(contents: readonly string[]) {
      for (const content of contents) {
        all.push({ line_type: 'unchanged', old_line: ++oldLine, new_line: ++newLine, content })
      }
    },
    remove(contents: readonly string[]) {
      for (const content of contents) {
        all.push({ line_type: 'removed', old_line: ++oldLine, content })
      }
    },
    add(contents: readonly string[]) {
      for (const content of contents) all.push({ line_type: 'added', new_line: ++newLine, content })
    }
  }
}
