/** Text of the Lua reference taken apart: `names in backticks` are code. */
export interface Piece {
  readonly text: string
  readonly code: boolean
}

/** The pieces in order; none is empty. */
export const toPieces = (text: string): Piece[] =>
  text
    .split(/`([^`\n]+)`/)
    .map((piece, index) => ({ text: piece, code: index % 2 === 1 }))
    .filter(piece => piece.text !== '')
