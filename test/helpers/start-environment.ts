/** The environment that `npm start` gives the server, for whatever starts it as users do. */
import { readFileSync } from 'node:fs'

const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { scripts: { start: string } }
const assignment = /(\w+)=(\S+) (?=.*node dist\/core\/main\.js$)/g

export const startEnvironment: Readonly<Record<string, string>> = Object.fromEntries(Array.from(scripts.start.matchAll(assignment), ([, name = '', value = '']) => [name, value]))
