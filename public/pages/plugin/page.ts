/** A page of a plugin: a document of its own, shown within the dashboard. */
import { Alpine, component } from '../../alpine.js'
import type { PluginPage } from '../../api/server.js'
import { toBrowserPath } from '../../base-path.js'
import { loading, loadInto } from '../../shell/loading.js'
import { loadPluginPages, titleIn } from '../../shell/plugin-pages.js'
import { route } from '../../shell/router.js'

component('pluginPage', () => ({
  ...loading(),
  isMissing: false,

  init() {
    return this.load()
  },

  load() {
    return loadInto(this, loadPluginPages, pages => {
      const page = pages.find(({ name, embedded }) => name === route.id && embedded)
      this.isMissing = page === undefined
      if (page !== undefined) this.$refs['place']?.replaceChildren(createFrame(page))
    })
  }
}))

/** Alpine does nothing with frames: they are made here. */
function createFrame(page: PluginPage): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.className = 'plugin-frame'
  frame.src = toBrowserPath(page.path)
  Alpine.effect(() => {
    frame.title = titleIn(page)
  })
  return frame
}
