import type crypto from 'node:crypto'

/**
 * Node's cryptography, loaded when it is first called: to load it takes a sandbox a tenth of its start, and most
 * functions never ask for it.
 */
export const nodeCrypto = (): typeof crypto => process.getBuiltinModule('node:crypto')
