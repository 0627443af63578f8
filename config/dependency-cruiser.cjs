/**
 * Who may import whom. `npm run check` holds these rules, circles included.
 */
const from = (...paths) => ({ path: paths.map(path => `^${path}`) })

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'config-imports-nothing-of-ours',
      severity: 'error',
      from: from('config/'),
      to: { path: ['^(core|plugins|sandbox|public)/'] }
    },
    {
      name: 'base-stands-on-nothing',
      severity: 'error',
      from: from('core/base/'),
      to: { path: '^(core|config|plugins|sandbox|public)/', pathNot: '^core/base/' }
    },
    {
      name: 'contracts-are-types',
      comment:
        'Contracts may name the base, settings and the declaration of Lua modules; they contain no feature.',
      severity: 'error',
      from: from('core/contracts/'),
      to: { path: '^(core|plugins|sandbox|public)/', pathNot: '^core/(base|contracts|lua)/' }
    }
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(test|dist|node_modules)/|\\.d\\.ts$' },
    enhancedResolveOptions: { extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'] }
  }
}
