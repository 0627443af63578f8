/** Replaces Fengari's lfunc.js for the compiler: functions being compiled. */
export const MAXUPVAL = 255

export class Proto {
  k: unknown[] = []
  p: Proto[] = []
  code: unknown[] = []
  lineinfo: number[] = []
  upvalues: unknown[] = []
  locvars: unknown[] = []
  numparams = 0
  is_vararg = false
  maxstacksize = 0
  linedefined = 0
  lastlinedefined = 0
  source: unknown = null
}

export const luaF_newLclosure = (): { p: Proto | null } => ({ p: null })
