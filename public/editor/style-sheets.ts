/**
 * Stands in for Monaco's own module of this job when the editor is bundled. Monaco writes `<style>` elements,
 * which the page's Content-Security-Policy forbids; constructed style sheets do the same and are allowed.
 */
interface Disposables {
  add(disposable: { dispose(): void }): unknown
}

/** As much of a `<style>` element as Monaco uses. */
class StyleSheet {
  readonly sheet = new CSSStyleSheet()
  readonly classList = { add() {} }
  className = ''
  type = ''
  media = ''
  #text = ''

  get textContent(): string {
    return this.#text
  }
  set textContent(text: string) {
    this.#text = text
    this.sheet.replaceSync(text)
  }

  get innerText(): string {
    return this.#text
  }
  set innerText(text: string) {
    this.textContent = text
  }
  remove(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter(sheet => sheet !== this.sheet)
  }
}

export function createStyleSheet(
  _container?: unknown,
  beforeAppend?: (style: StyleSheet) => void,
  disposables?: Disposables
): StyleSheet {
  const style = new StyleSheet()
  beforeAppend?.(style)
  document.adoptedStyleSheets.push(style.sheet)
  disposables?.add({ dispose: () => style.remove() })
  return style
}

let shared: StyleSheet | undefined
const sharedSheet = (): StyleSheet => {
  shared ??= createStyleSheet()
  return shared
}

export function createCSSRule(
  selector: string,
  text: string,
  style: StyleSheet = sharedSheet()
): void {
  if (text) style.sheet.insertRule(`${selector} {${text}}`, 0)
}

export function removeCSSRulesContainingSelector(
  name: string,
  style: StyleSheet = sharedSheet()
): void {
  for (let at = style.sheet.cssRules.length - 1; at >= 0; at--) {
    const rule = style.sheet.cssRules[at]
    if (rule instanceof CSSStyleRule && rule.selectorText.includes(name)) style.sheet.deleteRule(at)
  }
}

/** Only inline suggestions use it, which the dashboard has not. */
export const createStyleSheetFromObservable = (): { dispose(): void } => ({ dispose() {} })
