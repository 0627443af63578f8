/** Shows a page of a function in a frame without any right: an origin of its own, no scripts, no forms. */
import { toBrowserPath } from '../../../base-path.js'
import { t } from '../../../i18n/locale.js'

export function showPreview(host: HTMLElement, html: string): void {
  const frame = document.createElement('iframe')
  frame.className = 'page-preview'
  frame.title = t('request.preview')
  // Scripts are allowed to the frame's own document alone: its policy runs nothing but /preview's script.
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.src = toBrowserPath('/preview')
  addEventListener('message', function onReady(event) {
    if (event.source !== frame.contentWindow) return
    removeEventListener('message', onReady)
    frame.contentWindow?.postMessage(html, '*')
  })
  host.replaceChildren(frame)
}
