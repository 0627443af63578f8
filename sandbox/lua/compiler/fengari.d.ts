/** What we use of Fengari: its parser and code generator. Fengari has no types of its own. */
declare module 'fengari/src/lparser.js' {
  export interface FengariInstruction {
    readonly code: number
    readonly opcode: number
    readonly A: number
    readonly B: number
    readonly C: number
    readonly Bx: number
    readonly sBx: number
    readonly Ax: number
  }
  export interface FengariName {
    getstr(): string
  }
  export interface FengariFunction {
    readonly k: ReadonlyArray<{ readonly value: unknown }>
    readonly p: readonly FengariFunction[]
    readonly code: readonly FengariInstruction[]
    readonly lineinfo: readonly number[]
    readonly upvalues: ReadonlyArray<{
      readonly name: FengariName
      readonly instack: boolean
      readonly idx: number
    }>
    readonly locvars: ReadonlyArray<{
      readonly varname: FengariName
      readonly startpc: number
      readonly endpc: number
    }>
    readonly numparams: number
    readonly is_vararg: boolean
    readonly maxstacksize: number
    readonly linedefined: number
  }
  export class Dyndata {}
  export function luaY_parser(
    state: unknown,
    input: unknown,
    buffer: unknown,
    dyndata: Dyndata,
    name: string,
    first: unknown
  ): { readonly p: FengariFunction }
}
