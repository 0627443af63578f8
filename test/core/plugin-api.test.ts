import t from 'tap'
import { readFile, readdir } from 'node:fs/promises'
import ts from 'typescript'
import * as api from '../../core/plugin-api.js'

t.test('every name of moonlet/plugin has a doc comment', async t => {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.json', ts.sys.readFile).config,
    ts.sys,
    '.'
  )
  const program = ts.createProgram(['core/plugin-api.ts'], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile('core/plugin-api.ts')!
  const names = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)
  t.ok(names.length > 40)
  const without = names.filter(symbol => {
    const meant =
      (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol
    return ts.displayPartsToString(meant.getDocumentationComment(checker)).length < 12
  })
  t.same(
    without.map(({ name }) => name),
    []
  )
})

// core/validation holds the rules for what Moonlet's own API stores, variables among it; a plugin has its own.
const fromCore = /^import \{([^}]*)\} from '(?:\.\.\/)+core\/(?!validation\/)[^']+'/gm

t.test(
  'whatever a built-in Lua module takes from core, plugins can take from moonlet/plugin',
  async t => {
    const missing: string[] = []
    for (const room of ['log', 'kv', 'env', 'http', 'ai', 'email']) {
      for (const file of await readdir(`plugins/lua/${room}`)) {
        const text = await readFile(`plugins/lua/${room}/${file}`, 'utf8')
        for (const [, names = ''] of text.matchAll(fromCore)) {
          for (const name of names
            .split(',')
            .map(name => name.trim())
            .filter(name => name !== '' && !name.startsWith('type '))) {
            if (!Object.hasOwn(api, name)) missing.push(`${room}/${file}: ${name}`)
          }
        }
      }
    }
    t.same(missing, [])
  }
)
