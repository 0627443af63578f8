/** What a new module begins with. */
import { localName } from '../../editor/required.js'

/** A module that can be required at once, with a comment as the editor reads it. */
export function toFirstCode(name: string): string {
  const module = localName(name)
  return `local ${module} = {}

--- Greets somebody.
---@param name string
---@return string
function ${module}.greet(name)
  return "Hello, " .. name
end

return ${module}
`
}
