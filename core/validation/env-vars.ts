/** The rules for a function's environment variables (CONTRACT section 5). */
import { limits } from './limits.js'
import { byteLength, isBlank, refuse } from './text.js'

/** A whole set of variables, valid. Throws VALIDATION for the first thing that is not. */
export function readEnvVars(
  variables: Readonly<Record<string, string | null>> | undefined
): Record<string, string> {
  if (variables === undefined) refuse('env_vars', 'env_vars cannot be nil')
  const entries = Object.entries(variables)
  if (entries.length > limits.envVars) tooManyEnvVars()
  for (const [key, value] of entries) checkEnvVar(key, value)
  // Every value is a text now: null did not pass as one that is blank.
  return Object.fromEntries(entries as Array<[string, string]>)
}

/**
 * The limits of one variable that comes from a file. What else the API refuses, such as blank values, a function may
 * have set, and gets it back.
 */
export function checkVariableSize(key: string, value: string): void {
  if (isBlank(key)) refuse('env_var_key', 'environment variable key cannot be empty')
  checkKeyLength(key)
  checkValueLength(value)
}

function checkKeyLength(key: string): void {
  if (byteLength(key) > limits.envKeyBytes) {
    refuse(
      'env_var_key',
      `environment variable key cannot be longer than ${limits.envKeyBytes} characters`
    )
  }
}

function checkValueLength(value: string): void {
  if (byteLength(value) > limits.envValueBytes) {
    refuse(
      'env_var_value',
      `environment variable value cannot be longer than ${limits.envValueBytes} characters`
    )
  }
}

/** Throws VALIDATION for a name or value that no variable can have. */
export function checkEnvVar(key: string, value: string | null): void {
  checkKey(key)
  checkValue(value)
}

export const tooManyEnvVars = (): never =>
  refuse('env_vars', `cannot have more than ${limits.envVars} environment variables`)

function checkKey(key: string): void {
  if (isBlank(key)) refuse('env_var_key', 'environment variable key cannot be empty')
  checkKeyLength(key)
  if (!/^[A-Za-z0-9_]+$/.test(key)) {
    refuse(
      'env_var_key',
      'environment variable key can only contain letters, numbers, and underscores'
    )
  }
}

function checkValue(value: string | null): void {
  if (value === null || isBlank(value)) {
    refuse('env_var_value', 'environment variable value cannot be empty')
  }
  checkValueLength(value)
}
