/** Lets a package for Node be bundled for a browser that uses none of its parts which need Node. */
export const withoutNode = {
  name: 'without-node',
  setup(build) {
    build.onResolve({ filter: /^(fs|os|path|url)$/ }, ({ path }) => ({
      path,
      namespace: 'without-node'
    }))
    build.onLoad({ filter: /.*/, namespace: 'without-node' }, () => ({
      contents: 'module.exports = {}'
    }))
  }
}
