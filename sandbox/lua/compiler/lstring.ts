/**
 * Replaces Fengari's lstring.js for the compiler. The original hashes a string as unpadded hexadecimal, so
 * "\x01\x23" and "\x12\x03" were one constant of a chunk; here the text itself is the key.
 */
export class TString {
  constructor(readonly text: string) {}
  getstr(): string {
    return this.text
  }
}

export const luaS_eqlngstr = (a: TString, b: TString): boolean => a.text === b.text
export const luaS_new = (_state: unknown, text: string): TString => new TString(text)
export const luaS_newliteral = luaS_new
