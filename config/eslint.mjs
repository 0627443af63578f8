import neostandard, { plugins as neostandardPlugins } from 'neostandard'

export default [
  ...neostandard({ ts: true, noJsx: true, ignores: ['dist/**', 'node_modules/**', '.tap/**', 'test/fixtures/**/node_modules/**'] }),
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': neostandardPlugins['typescript-eslint'].plugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports' }]
    }
  },
  {
    rules: {
      'no-void': ['error', { allowAsStatement: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }]
    }
  },
  {
    files: ['core/**/*.ts', 'config/**/*.ts', 'sandbox/**/*.ts', 'plugins/**/*.ts', 'public/**/*.ts'],
    plugins: { '@typescript-eslint': neostandardPlugins['typescript-eslint'].plugin },
    rules: { '@typescript-eslint/no-non-null-assertion': 'error' }
  },
  { files: ['test/**'], rules: { 'max-lines': 'off' } }
]
