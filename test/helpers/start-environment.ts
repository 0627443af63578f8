/** The environment that the launcher gives the server, for whatever starts it without the launcher. */
import { readFileSync } from 'node:fs'

const launcher = readFileSync(new URL('../../core/moonlet.sh', import.meta.url), 'utf8')
const assignment = /^export (\w+)="\$\{\1:-(\S+)\}"$/gm

export const startEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from(launcher.matchAll(assignment), ([, name = '', value = '']) => [name, value])
)
