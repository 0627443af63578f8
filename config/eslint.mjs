/** The rules of the linter: what CONTRIBUTING.md says of style and code, as far as a program can see it. */
import neostandard, { plugins as neostandardPlugins } from 'neostandard'

const typescript = neostandardPlugins['typescript-eslint'].plugin

export default [
  // Prettier decides how code is laid out; these rules look at what it does.
  ...neostandard({
    ts: true,
    noJsx: true,
    noStyle: true,
    ignores: [
      'dist/**',
      '.cache/**',
      'node_modules/**',
      '.tap/**',
      'test/fixtures/**/node_modules/**'
    ]
  }),
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': typescript },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports' }]
    }
  },
  {
    rules: {
      // A statement without braces stands on the line of its condition.
      curly: ['error', 'multi-line'],
      'no-void': ['error', { allowAsStatement: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-len': ['error', { code: 120 }],
      'max-lines-per-function': [
        'error',
        { max: 60, skipBlankLines: true, skipComments: true, IIFEs: true }
      ]
    }
  },
  {
    files: [
      'core/**/*.ts',
      'config/**/*.ts',
      'sandbox/**/*.ts',
      'plugins/**/*.ts',
      'public/**/*.ts'
    ],
    plugins: { '@typescript-eslint': typescript },
    rules: { '@typescript-eslint/no-non-null-assertion': 'error' }
  },
  // The names of Fengari's own functions, which its parser calls.
  { files: ['sandbox/lua/compiler/**'], rules: { camelcase: 'off' } },
  // Texts that people read are kept whole.
  { files: ['public/i18n/**'], rules: { 'max-len': 'off' } },
  {
    files: ['test/**', 'plugins/examples/*/test/**'],
    rules: {
      // Some tests are about what is not an error.
      'no-throw-literal': 'off',
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'max-len': [
        'error',
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }
      ]
    }
  }
]
