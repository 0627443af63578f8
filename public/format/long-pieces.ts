/** Where a long text is cut to be shown piece by piece. */

/** Characters that are shown at first, and of one piece. */
const firstShown = 100_000
const pieceLength = 20_000

/** Where to cut, at the end of a line where one is near. */
function cutAt(text: string, from: number, length: number): number {
  if (text.length - from <= length) return text.length
  const end = text.lastIndexOf('\n', from + length - 1)
  return end > from ? end + 1 : from + length
}

export function toPieces(text: string): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length;) {
    const end = cutAt(text, at, pieceLength)
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}

/** The beginning that is shown at once; all of it when it is short. */
export const beginningOf = (text: string): string => text.slice(0, cutAt(text, 0, firstShown))
