/**
 * The machine's operations. Those up to EXTRAARG have the numbers of Lua 5.3 (which Fengari's compiler emits);
 * after them come variants chosen at translation, when an operand is known to be a constant.
 */
export const enum Op {
  MOVE,
  LOADK,
  LOADKX,
  LOADBOOL,
  LOADNIL,
  GETUPVAL,
  GETTABUP,
  GETTABLE,
  SETTABUP,
  SETUPVAL,
  SETTABLE,
  NEWTABLE,
  SELF,
  ADD,
  SUB,
  MUL,
  MOD,
  POW,
  DIV,
  IDIV,
  BAND,
  BOR,
  BXOR,
  SHL,
  SHR,
  UNM,
  BNOT,
  NOT,
  LEN,
  CONCAT,
  JMP,
  EQ,
  LT,
  LE,
  TEST,
  TESTSET,
  CALL,
  TAILCALL,
  RETURN,
  FORLOOP,
  FORPREP,
  TFORCALL,
  TFORLOOP,
  SETLIST,
  CLOSURE,
  VARARG,
  EXTRAARG,
  /** R[A] := R[B].K[C], K a string. */
  GETFIELD,
  /** R[A].K[B] := RK[C], K a string. */
  SETFIELD,
  /** R[A] := Upvalue[B].K[C], K a string: a global variable. */
  GETGLOBAL,
  /** Upvalue[A].K[B] := RK[C], K a string. */
  SETGLOBAL,
  /** Arithmetic on registers, or with a number constant on the right. */
  ADDR,
  ADDK,
  SUBK,
  /** Compares a register with a constant. */
  EQK
}

/** Bit that marks operand B or C as a constant. */
export const CONSTANT = 256
