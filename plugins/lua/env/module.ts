/** `env`: the function's environment variables and the shared ones, the same that the management API shows. */
import type { Storage } from '../../../core/contracts/storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import { LuaMisuse } from '../../../core/lua/errors.js'
import { host, luaModule, param } from '../../../core/lua/module.js'
import { Bool, Optional, Text } from '../../../core/lua/types/declare.js'
import { checkEnvVar, tooManyEnvVars } from '../../../core/validation/env-vars.js'
import { limits } from '../../../core/validation/limits.js'

/** Longer ones may have been imported, and can be read. */
const Name = Text({ max: 1024 })
const name = param('name', Name, "The variable's name; upper and lower case differ.")

export const envModule = ({ env, executions }: Pick<Storage, 'env' | 'executions'>) =>
  luaModule('env', {
    doc:
      'Settings and secrets of this function, kept apart from its code, and those that all functions ' +
      "share. The server's own environment is never visible.",
    functions: {
      get: host({
        doc:
          'Returns the value of an environment variable of this function, or else of the shared ' +
          'variable of that name, or nil.',
        params: [name],
        returns: Optional(Text()),
        example: 'local greeting = env.get("GREETING") or "hello"\nreturn { body = greeting }',
        run: async (call, name) => await env.get(call.functionId, name)
      }),
      set: host({
        doc:
          'Sets an environment variable of this function, for this run and all later ones; it ' +
          'stands before a shared one. ' +
          `Raises beyond the limits of the management API: ${limits.envVars} variables; names of ` +
          `letters, digits and \`_\`, ` +
          `of at most ${limits.envKeyBytes} bytes; values not blank, of at most ${limits.envValueBytes} bytes.`,
        params: [name, param('value', Text({ max: 1024 * 1024 }), 'The new value.')],
        returns: Bool,
        returnDoc: 'Always true.',
        example: 'env.set("GREETING", "good morning")\nreturn { body = env.get("GREETING") }',
        async run(call, name, value) {
          try {
            checkEnvVar(name, value)
            executions.linkToExecution(call.executionId)
            if (!(await env.set(call.functionId, name, value, limits.envVars))) tooManyEnvVars()
            return true
          } catch (error) {
            throw error instanceof MoonletError && error.code === 'VALIDATION'
              ? new LuaMisuse(`env.set: ${error.message}`)
              : error
          }
        }
      }),
      delete: host({
        doc:
          'Removes an environment variable of this function. A shared one stays, and is seen ' +
          'where one of this function hid it.',
        params: [name],
        returns: Bool,
        returnDoc: 'Always true, also when there was no such variable.',
        example:
          'env.set("OLD", "1")\nenv.delete("OLD")\nreturn { body = tostring(env.get("OLD")) }',
        oneWay: { result: true },
        async run(call, name) {
          executions.linkToExecution(call.executionId)
          await env.delete(call.functionId, name)
          return true
        }
      })
    }
  })
