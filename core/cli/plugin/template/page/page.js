// @ts-check
/* global MutationObserver */
/** @type {Record<string, { heading: string, none: string }>} */
const texts = {
  en: { heading: 'Latest greetings', none: 'Nobody has been greeted yet.' },
  'pt-BR': { heading: 'Últimas saudações', none: 'Ninguém foi saudado ainda.' }
}
const root = document.documentElement
/** @type {string[]} */
const greetings = await (await fetch('greetings')).json()

function show() {
  const words = texts[root.lang] ?? texts.en
  const lines = greetings.length === 0 ? [words.none] : greetings
  document.getElementById('heading')?.replaceChildren(words.heading)
  document.getElementById('greetings')?.replaceChildren(
    ...lines.map(line => {
      const item = document.createElement('li')
      item.textContent = line
      return item
    })
  )
}

show()
// The dashboard's language is that of the page.
new MutationObserver(show).observe(root, { attributeFilter: ['lang'] })
