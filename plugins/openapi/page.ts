/** The documentation as one page that needs no script: searched by the server, folded by the browser. */
import type { ApiDocument, Content, Operation, Parameter } from './api-document.js'
import { html, prose, type Html } from './html.js'
import type { Look, Words } from './look.js'
import { renderSchema, typeName } from './schema-view.js'

interface Entry {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

interface Chapter {
  readonly name: string
  readonly description: string
  readonly entries: readonly Entry[]
}

/** What one request asks for. */
interface View {
  readonly document: ApiDocument
  readonly look: Look
  /** BASE_PATH, which links begin with. */
  readonly base: string
  /** The search as it was typed, and the address without it. */
  readonly asked: string
  readonly all: string
}

/**
 * Its pages for anybody who asks. Operations are rendered once and kept as bytes: to make 700 KB of text, and bytes of
 * it, takes 15 ms in which the server does nothing else.
 */
export class DocumentPages {
  private readonly entries: ReadonlyArray<Entry & { readonly text: string }>
  private readonly operations = new Map<string, Buffer>()

  constructor(
    private readonly document: ApiDocument,
    private readonly base: string
  ) {
    this.entries = entriesOf(document).map(entry => ({ ...entry, text: textOf(entry) }))
  }

  /** The whole page; with `asked`, only the operations in which all of its words occur, unfolded when few. */
  render(asked: string, look: Look): Buffer {
    const { document, base } = this
    const { theme, language } = look
    const words = asked
      .toLowerCase()
      .split(/\s+/)
      .filter(word => word !== '')
    const entries = this.entries.filter(({ text }) => words.every(word => text.includes(word)))
    const open = words.length > 0 && entries.length <= 5
    const chapters = chaptersOf(document, entries)
    const all = `${base}/docs?theme=${theme}&lang=${language}`
    const view = { document, look, base, all, asked: words.length > 0 ? asked : '' }
    const toOperation = (entry: Entry): Buffer => this.operation(entry, open, look)
    return Buffer.concat([
      Buffer.from(renderTop(view, chapters)),
      ...chapters.flatMap(chapter => renderChapter(chapter, toOperation)),
      Buffer.from('</main></body></html>\n')
    ])
  }

  private operation(entry: Entry, open: boolean, { language, words }: Look): Buffer {
    const key = `${language} ${open} ${entry.method} ${entry.path}`
    const known = this.operations.get(key)
    if (known !== undefined) return known
    const made = Buffer.from(renderOperation(this.document, entry, open, words).text)
    this.operations.set(key, made)
    return made
  }
}

/** Up to the first chapter. */
function renderTop(view: View, chapters: readonly Chapter[]): string {
  const { document, look, base } = view
  const { theme, language } = look
  const { text: head } = html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="${theme === 'auto' ? 'light dark' : theme}" />
    <title>${document.info.title} API</title>
    <link rel="stylesheet" href="${base}/docs/style.css" />
  </head>`
  const nothing = chapters.length === 0 ? renderNothing(view).text : ''
  return (
    `<!doctype html><html lang="${language}" data-theme="${theme}">${head}<body>` +
    `${renderHeader(view, chapters).text}<main lang="en">${nothing}`
  )
}

/** The document's chapters that have entries. */
const chaptersOf = ({ tags }: ApiDocument, entries: readonly Entry[]): Chapter[] =>
  tags
    .map(tag => ({
      ...tag,
      entries: entries.filter(({ operation }) => operation.tags[0] === tag.name)
    }))
    .filter(({ entries }) => entries.length > 0)

function renderHeader(view: View, chapters: readonly Chapter[]): Html {
  const { title, version, description } = view.document.info
  const { base } = view
  const say = view.look.words
  return html`<header>
    <h1>${title} API <small>${version}</small></h1>
    <p lang="en">${prose(description)}</p>
    <p class="links">
      <a href="${base}/">${say.dashboard}</a> <a href="${base}/docs/openapi.json">${say.json}</a>
      <a href="${base}/docs/openapi.yaml">${say.yaml}</a>
    </p>
    ${renderSearch(view)}
    <nav aria-label="${say.chapters}" lang="en">
      ${chapters.map(({ name }) => html`<a href="#${toAnchor(name)}">${name}</a> `)}
    </nav>
  </header> `
}

const renderSearch = ({ asked, all, base, look: { theme, language, words: say } }: View): Html =>
  html`<form role="search" action="${base}/docs" method="get">
    <label for="q">${say.search}</label>
    <input
      id="q"
      name="q"
      type="search"
      value="${asked}"
      placeholder="version, /kv, POST …"
      autocomplete="off"
    />
    <input type="hidden" name="theme" value="${theme}" />
    <input type="hidden" name="lang" value="${language}" />
    <button>${say.find}</button>
    ${asked !== '' && html`<a href="${all}">${say.showAll}</a>`}
  </form> `

const renderNothing = ({ asked, all, look: { language, words: say } }: View): Html =>
  html`<p role="status" lang="${language}">
    ${say.nothing} “${asked}”. <a href="${all}">${say.showAll}</a>
  </p> `

function renderChapter(
  { name, description, entries }: Chapter,
  toOperation: (entry: Entry) => Buffer
): readonly Buffer[] {
  const anchor = toAnchor(name)
  const { text } = html`<section id="${anchor}" aria-labelledby="${anchor}-title">
    <h2 id="${anchor}-title">${name}</h2>
    <p>${prose(description)}</p>`
  return [Buffer.from(text), ...entries.map(toOperation), Buffer.from('</section>\n')]
}

const entriesOf = ({ paths }: ApiDocument): Entry[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation
    }))
  )

/** What is searched of it. */
function textOf({ method, path, operation }: Entry): string {
  const { operationId, summary, description, tags, parameters = [] } = operation
  return [
    method,
    path,
    operationId,
    summary,
    description,
    ...tags,
    ...parameters.map(({ name }) => name)
  ]
    .join(' ')
    .toLowerCase()
}

const toAnchor = (name: string): string => name.toLowerCase().replaceAll(' ', '-')

function renderOperation(
  document: ApiDocument,
  { method, path, operation }: Entry,
  open: boolean,
  say: Words
): Html {
  const { operationId, summary, description, parameters = [], requestBody, security } = operation
  return html`<details id="${operationId}"${open && html` open`}>
    <summary>
      <span class="method ${method.toLowerCase()}">${method}</span>
      <code class="path">${path}</code> <span class="summary">${summary}</span>
    </summary>
    <div class="operation">
      <p>
        ${prose(description)}${security?.length === 0 && html` <em>${say.open}</em>`}${renderScope(operation, say)}
        <a href="#${operationId}">#${operationId}</a>
      </p>
      ${parameters.length > 0 && renderParameters(parameters, say)}${
        requestBody !== undefined &&
        html`<h3>${say.body}</h3>
          ${renderContent(document, requestBody)}`
      }
      <h3>${say.answers}</h3>
      ${renderResponses(document, operation)}
    </div>
  </details> `
}

/** What a token needs for it, if anything. */
function renderScope({ security = [] }: Operation, say: Words): Html | false {
  const [scope] = security.flatMap(({ token = [] }) => token)
  return scope !== undefined && html` <em>${say.scope} <code>${scope}</code></em>`
}

const renderParameters = (parameters: readonly Parameter[], say: Words): Html =>
  html`<h3>${say.parameters}</h3>
    <table>
      <thead>
        <tr>
          <th>${say.name}</th>
          <th>${say.place}</th>
          <th>${say.type}</th>
          <th>${say.meaning}</th>
        </tr>
      </thead>
      <tbody>
        ${[...parameters].sort(byPlace).map(parameter => renderParameter(parameter, say))}
      </tbody>
    </table> `

const renderResponses = (document: ApiDocument, { responses }: Operation): Html[] =>
  Object.entries(responses).map(([status, response]) => {
    const error = errorOf(response)
    return html`<h4>
        <span class="status s${status.charAt(0)}">${status}</span>
        ${prose(response.description)}${error}
      </h4>
      ${error === undefined && renderContent(document, response)}`
  })

/** The path's parameters in its order, then the others in theirs. */
const byPlace = (a: Parameter, b: Parameter): number =>
  Number(b.in === 'path') - Number(a.in === 'path')

/** The message of a response that is an error and nothing else. */
function errorOf({ content }: Content): Html | undefined {
  const { schema, example } = content?.['application/json'] ?? {}
  return schema?.$ref === '#/components/schemas/Error'
    ? html` <code>${String((example as { error?: string } | undefined)?.error ?? '')}</code>`
    : undefined
}

const renderParameter = (
  { name, in: place, required, description, schema }: Parameter,
  say: Words
): Html =>
  html`<tr>
    <td>
      <code>${name}</code>${required === true && place !== 'path' && html` <em>${say.needed}</em>`}
    </td>
    <td>${place}</td>
    <td>${typeName(schema)}</td>
    <td>${prose(description)}</td>
  </tr> `

const renderContent = (document: ApiDocument, { content = {} }: Content): Html[] =>
  Object.entries(content).map(
    ([type, { schema, example }]) =>
      html`<p class="media">${type}</p>
        ${renderSchema(document, schema)} ${example !== undefined && renderExample(example)}`
  )

function renderExample(example: unknown): Html {
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2)
  return html`<pre tabindex="0"><code>${text}</code></pre>`
}
