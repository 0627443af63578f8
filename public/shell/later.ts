/** Pages that are seldom opened: their markup, texts and code are loaded when one of them is opened first. */
import { component } from '../alpine.js'
import { loadOnce } from '../load-once.js'
import type * as LaterPages from '../pages/later.js'
import { loading, loadInto } from './loading.js'

const loadPages = loadOnce(() => import('../pages/later.js'))

/** `<div x-data="later" data-page="name">` becomes that page. */
component('later', () => ({
  ...loading(),

  init() {
    this.load()
  },
  load(): Promise<void> {
    const name = this.$root.dataset['page'] as LaterPages.LaterPage
    const place = this.$refs['place']
    return loadInto(this, loadPages, ({ pages }) => {
      if (place) place.innerHTML = pages[name]
    })
  }
}))
