/** Makes a program smaller while it still shows what it was found for. */
import type { Statement } from './statements.js'

/** Every program that is one cut smaller: without some statements, or with a block's body in its place. */
function* cuts(statements: readonly Statement[]): Generator<Statement[]> {
  for (let size = statements.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < statements.length; at += size) {
      yield [...statements.slice(0, at), ...statements.slice(at + size)]
    }
  }
  for (const [at, statement] of statements.entries()) {
    if (statement.body.length === 0) continue
    yield [...statements.slice(0, at), ...statement.body, ...statements.slice(at + 1)]
    for (const body of cuts(statement.body)) {
      yield [...statements.slice(0, at), { ...statement, body }, ...statements.slice(at + 1)]
    }
  }
}

export function shrink(
  statements: Statement[],
  shows: (smaller: Statement[]) => boolean
): Statement[] {
  for (;;) {
    let smaller: Statement[] | undefined
    for (const candidate of cuts(statements)) {
      if (!shows(candidate)) continue
      smaller = candidate
      break
    }
    if (smaller === undefined) return statements
    statements = smaller
  }
}
