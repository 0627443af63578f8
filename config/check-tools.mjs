/** Says in one sentence that nothing can be built where the packages for that are not installed. */
const missing = ['esbuild', 'monaco-editor/package.json'].filter(name => {
  try {
    import.meta.resolve(name)
    return false
  } catch {
    return true
  }
})

if (missing.length > 0) {
  process.stderr.write(
    'Moonlet cannot be built here, because the packages that build it are not installed ' +
      '(npm leaves them out with --omit=dev and with NODE_ENV=production). Install them with `npm ci --include=dev`, ' +
      'or run the package that `npm pack` makes elsewhere: see "Running as a service" in the README.\n'
  )
  process.exit(1)
}
