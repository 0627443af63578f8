declare module '@alpinejs/csp' {
  import type { Alpine } from 'alpinejs'
  const alpine: Alpine
  export default alpine
}

declare module '*.html' {
  const markup: string
  export default markup
}

declare module '*.md' {
  import type { RenderedText } from './format/markdown.js'
  const chapter: RenderedText
  export default chapter
}

declare module '*.lua' {
  const source: string
  export default source
}
