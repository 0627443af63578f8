/** `/llms.txt`: a guide good enough that a language model writes correct functions from it alone. */
import { shippingText } from './guide-shipping.js'
import type { LuaModule } from '../../core/lua/module.js'
import { cookbook } from './cookbook/programs.js'
import { dialectText } from './guide-dialect.js'
import { handlerText, type Limits } from './guide-handler.js'
import { code, moduleText } from './module-text.js'

export const guideText = (modules: readonly LuaModule[], limits: Limits, basePath = ''): string =>
  [
    '# Moonlet: writing Lua functions',
    'Moonlet runs small Lua functions. A function is one Lua file that defines a global ' +
      '`handler(ctx, event)`; it answers HTTP requests at `/fn/{id}` and, if it has a schedule, is ' +
      'called by the server itself. Everything a function can use is on this page: there are no ' +
      'packages to install and no modules but these and those that people share on their server.',
    ...(basePath === '' ? [] : [belowText(basePath)]),
    handlerText(limits),
    dialectText,
    '## API reference',
    `These are global tables: ${globals(modules)}. In signatures \`?\` marks what may be left ` +
      `out, and \`| nil, err\` a function that returns \`nil\` and a message when it fails. Where ` +
      `a \`string\` is wanted a number may be given too. Other wrong arguments raise an error, ` +
      `such as \`bad argument #1 to 'kv.get' (string expected, got nil)\`. Examples are bodies of ` +
      `a handler.`,
    ...modules.map(moduleText),
    '## Cookbook',
    'Whole functions, each ready to be saved.',
    ...cookbook.map(program => `### ${program.title}\n\n${program.doc}\n\n${code(program.code)}`),
    shippingText
  ].join('\n\n') + '\n'

/** `event.path` and what the management API answers are as without a BASE_PATH; addresses that are called are not. */
const belowText = (basePath: string): string =>
  `This server lives below \`${basePath}\`: callers put that in front of every path here, as in ` +
  `\`${basePath}/fn/{id}\` and \`${basePath}/api/functions\`. \`ctx.baseUrl\`, \`ctx.url\`, \`router.url\` and ` +
  '`router.path` have it in them; `event.path` and `event.rawPath` begin behind it. An address in a page or a ' +
  '`Location` should be made with these, or be relative.'

/** What there is without `require`. */
const globals = (modules: readonly LuaModule[]): string =>
  modules
    .filter(({ source }) => source === undefined)
    .map(({ name }) => `\`${name}\``)
    .join(', ')
