/**
 * Who may import whom: the table of ARCHITECTURE.md as rules. `npm run check` holds them, and editors show them.
 * "Values" leaves imports of types out, which are gone when the program runs.
 */
const OURS = '^(core|config|sandbox|plugins|public)/'
const SANDBOX_SERVER = 'sandbox/(scheduler|process|rpc|protocol|invocation|job)'
const VALUES = { dependencyTypesNot: ['type-only'] }

const anyOf = (paths, end = '') => `^(${paths.join('|')})${end}`

/** A room may import itself, packages, and of ours only what is named. */
const room = (path, mayImport, more = {}) => ({
  name: `${path.replace(/[^a-z]+/g, '-').replace(/-$/, '')}-imports`,
  severity: 'error',
  comment: `${path} may import ${mayImport.join(', ') || 'nothing of ours'}.`,
  from: { path: `^${path}`, ...more.from },
  to: { path: OURS, pathNot: anyOf([path, ...mayImport]), ...more.to }
})

/** The floors of core, each with what it stands on. */
const core = [
  room('core/base/', []),
  room('core/contracts/', ['core/(base|lua)/', 'config/']),
  room('core/connections/', ['core/(base|contracts)/', 'config/']),
  room('core/http/', ['core/(base|contracts|connections)/']),
  room('core/masking/', ['core/base/']),
  room('core/lua/', ['core/(base|contracts|masking)/']),
  room('core/lua-advice/', ['core/(base|contracts)/']),
  room('core/lua-source/', ['core/contracts/']),
  room('core/cron/', ['core/(base|contracts)/']),
  room('core/validation/', ['core/(base|contracts|cron)/']),
  room('core/access/', ['core/(base|contracts)/']),
  room('core/export-import/', ['core/(base|contracts|validation)/']),
  room('core/third-party/', ['core/(base|contracts)/', 'config/']),
  room('core/invoker/', ['core/(base|contracts|masking|lua-advice)/', `${SANDBOX_SERVER}`]),
  room('core/process/', ['core/', 'config/']),
  // What it looks at is the sandbox's barriers and the offline storage.
  room('core/doctor/', [
    'core/(base|process)/',
    'config/',
    'sandbox/process/(barriers|command)',
    'plugins/storage/(postgres/)?offline'
  ]),
  // The commands that work without a server open the storage themselves.
  room('core/cli/', ['core/', 'config/', 'plugins/storage/(postgres/)?offline'])
]

const sandbox = [
  room('sandbox/protocol/', ['core/base/']),
  // The channel and the processes check what plugins have declared, and report with the server's error codes.
  room('sandbox/rpc/', ['core/(base|lua|contracts)/', 'sandbox/(protocol/|invocation|job)']),
  room('sandbox/process/', [
    'core/(base|lua|contracts)/',
    'config/',
    'sandbox/(protocol/|rpc/|invocation|job)'
  ]),
  room('sandbox/scheduler/', [
    'core/(base|lua|contracts)/',
    'config/',
    'sandbox/(protocol/|rpc/|process/|invocation|job)'
  ]),
  room('sandbox/lua/', ['core/base/']),
  room(
    'sandbox/child/',
    [
      'sandbox/(protocol|lua)/',
      'core/base/(binary|number-text)',
      'core/lua/(errors|types|manifest)',
      'plugins/lua/'
    ],
    { to: VALUES }
  )
]

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    room('config/', []),
    ...core,
    ...sandbox,
    {
      name: 'contracts-are-types',
      comment: 'A contract says what others do: nothing runs when it is imported.',
      severity: 'error',
      from: { path: '^core/contracts/' },
      to: { path: OURS, pathNot: '^core/contracts/', ...VALUES }
    },
    {
      name: 'only-app-imports-plugins',
      comment:
        'But for offline storage (core/cli, core/doctor) and what runs in a sandbox (plugins/lua).',
      severity: 'error',
      from: {
        path: OURS,
        pathNot: '^(plugins/|core/app\\.ts|core/cli/|core/doctor/|sandbox/child/)'
      },
      to: { path: '^plugins/', ...VALUES }
    },
    {
      name: 'plugins-stand-alone',
      comment: "Another plugin is reached by its decorator; types of one are in core's contracts.",
      severity: 'error',
      from: { path: '^plugins/((?:lua/|triggers/)?[^/.]+)', pathNot: '^plugins/lua/[^/]+\\.ts$' },
      to: { path: '^plugins/', pathNot: '^plugins/($1[/.]|lua/[^/]+\\.ts$)', ...VALUES }
    },
    {
      name: 'plugins-stand-on-core',
      comment: 'Not on what starts and stops the program, and not on the sandbox.',
      severity: 'error',
      // Prints the README's table of Lua APIs, for which it loads the application.
      from: { path: '^plugins/', pathNot: '^plugins/lua-docs/print-table\\.ts$' },
      to: { path: '^(core/(app|cli|process|main)|sandbox/|public/)', ...VALUES }
    },
    {
      name: 'public-talks-http',
      comment: 'The dashboard shares types of the API with nobody but itself.',
      severity: 'error',
      from: { path: '^public/' },
      to: { path: '^(core|config|sandbox|plugins)/' }
    },
    {
      name: 'nothing-imports-the-dashboard',
      severity: 'error',
      from: { path: '^(core|sandbox|plugins)/' },
      to: { path: '^public/' }
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
