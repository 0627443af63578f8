/** Replaces Fengari's ldo.js for the compiler, which only wants its two slots on a stack. */
export interface CompilerState {
  nCcalls: number
  top: number
  stack: unknown[]
}

const SLOT = { setclLvalue(): void {}, sethvalue(): void {} }

export function luaD_inctop(state: CompilerState): void {
  state.stack[state.top++] = SLOT
}
