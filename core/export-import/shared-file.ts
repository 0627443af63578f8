/** The variables that all functions share as one plain file, beside the folders of functions. */
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/schema'
import { SHARED_FILE } from './folder-names.js'
import { FileVariables, parseFile, toFileVariables } from './function-file.js'

const sharedFileSchema = Type.Object({ env_vars: FileVariables }, { additionalProperties: false })
type SharedFile = Static<typeof sharedFileSchema>
const validator = Compile(sharedFileSchema)

/** Values are left out unless `withSecrets`. */
export const formatSharedFile = (
  variables: Readonly<Record<string, string>>,
  withSecrets: boolean
): string => `${JSON.stringify({ env_vars: toFileVariables(variables, withSecrets) }, null, 2)}\n`

/** Throws an Error that says what is wrong with it. */
export const parseSharedFile = (text: string): SharedFile => parseFile(SHARED_FILE, validator, text)
