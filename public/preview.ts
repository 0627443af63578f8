/**
 * The document inside the preview frame. It has an origin of its own (sandbox) and a policy that runs no script
 * but this one, which puts the page's markup in place: markup set this way never runs its scripts.
 */
addEventListener('message', event => {
  if (event.source !== parent || typeof event.data !== 'string') return
  const page = new DOMParser().parseFromString(event.data, 'text/html')
  document.documentElement.replaceWith(document.importNode(page.documentElement, true))
})
parent.postMessage('ready', '*')

export {}
