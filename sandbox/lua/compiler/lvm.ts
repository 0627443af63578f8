/** Replaces Fengari's lvm.js for the compiler: no bitwise operation is folded, so none needs an integer. */
export const tointeger = (): false => false
