declare module '@alpinejs/csp' {
  import type { Alpine } from 'alpinejs'
  const alpine: Alpine
  export default alpine
}

declare module '*.html' {
  const markup: string
  export default markup
}

declare module '*.lua' {
  const source: string
  export default source
}
