/**
 * What a Lua module gives to those who require it, read from its text: the fields of the table that it returns, with
 * the comments (`---`) above them. What is computed stays unknown.
 */
import type { ModuleExport } from '../contracts/modules.js'
import { isEmpty, parseDoc, type Doc } from './doc-comment.js'
import { readTokens, type Token } from './tokens.js'

/** Something that has been given a name: a local function, or a field of a local table. */
interface Defined {
  readonly kind: ModuleExport['kind']
  /** Undefined: no function, or its parameters are not known. */
  readonly params?: readonly string[] | undefined
  readonly isMethod?: boolean
  readonly doc: Doc
}

const MAX_EXPORTS = 500
/** Characters of code that is read: the server does nothing else meanwhile. Longer modules are data, as a rule. */
const MAX_CODE = 256 * 1024
/** Characters of all exports together: fields may share one function, with its long list of parameters. */
const MAX_TEXT = 128 * 1024
const MAX_PARAMS = 100

/** `while` and `for` open their blocks with `do`. */
const opening = new Set(['function', 'do', 'if', 'repeat'])
const closing = new Set(['end', 'until'])
const beginsStatement = new Set(['local', 'return', 'if', 'for', 'while', 'do', 'repeat'])
const joining = new Set(['and', 'or', 'not'])

/** In the order of the module's text; the first ones of very many. None of code that is very long. */
export function findExports(code: string): readonly ModuleExport[] {
  if (code.length > MAX_CODE) return []
  const exports: ModuleExport[] = []
  let length = 0
  for (const [name, defined] of new ModuleReader(readTokens(code)).read()) {
    const found = toExport(name, defined)
    length += name.length + found.signature.length + found.description.length
    if (length > MAX_TEXT || exports.length === MAX_EXPORTS) break
    exports.push(found)
  }
  return exports
}

class ModuleReader {
  private at = 0
  private doc: Token[] = []
  private readonly locals = new Map<string, Defined>()
  private readonly tables = new Map<string, Map<string, Defined>>()
  private readonly returned = new Map<string, Defined>()
  private returnedTable: string | undefined

  constructor(private readonly tokens: readonly Token[]) {}

  read(): Iterable<readonly [name: string, Defined]> {
    while (this.at < this.tokens.length) this.statement()
    if (this.returnedTable === undefined) return this.returned
    return this.tables.get(this.returnedTable) ?? []
  }

  private peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead]
  }

  private is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token?.text === text && (token.kind === 'symbol' || token.kind === 'name')
  }

  private nameAt(ahead: number): string | undefined {
    const token = this.peek(ahead)
    return token?.kind === 'name' ? token.text : undefined
  }

  private statement(): void {
    const token = this.peek()
    if (token?.kind === 'doc') {
      if (this.doc.length > 0 && (this.doc.at(-1)?.line ?? 0) + 1 < token.line) this.doc = []
      this.doc.push(token)
      this.at++
      return
    }
    const doc = this.takeDoc(token?.line ?? 0)
    if (this.is('local') && this.is('function', 1)) this.localFunction(doc)
    else if (this.is('local') && this.is('=', 2)) this.localValue(doc)
    else if (this.is('function')) this.fieldFunction(doc)
    else if (this.is('return')) this.result()
    else if (this.is('.', 1) && this.is('=', 3)) this.fieldValue(doc)
    else this.skip()
  }

  /** The comment that ends in the line above. */
  private takeDoc(line: number): Doc {
    const { doc } = this
    this.doc = []
    return parseDoc(doc.at(-1)?.line === line - 1 ? doc.map(({ text }) => text) : [])
  }

  private localFunction(doc: Doc): void {
    const name = this.nameAt(2) ?? ''
    this.at += 3
    this.locals.set(name, { kind: 'function', params: this.functionRest(), doc })
  }

  private localValue(doc: Doc): void {
    const name = this.nameAt(1) ?? ''
    this.at += 3
    if (this.is('{')) this.tables.set(name, this.table())
    else this.locals.set(name, this.value(doc))
  }

  /** `function shop.price(item)`, `function shop:price(item)`. */
  private fieldFunction(doc: Doc): void {
    const [owner, field] = [this.nameAt(1), this.nameAt(3)]
    const isMethod = this.is(':', 2)
    const isField = (isMethod || this.is('.', 2)) && this.is('(', 4)
    while (this.at < this.tokens.length && !this.is('(')) this.at++
    const params = this.functionRest()
    if (!isField || owner === undefined || field === undefined) return
    this.tables.get(owner)?.set(field, { kind: 'function', params, isMethod, doc })
  }

  private fieldValue(doc: Doc): void {
    const [owner = '', field = ''] = [this.nameAt(0), this.nameAt(2)]
    this.at += 4
    const value = this.value(doc)
    this.tables.get(owner)?.set(field, value)
  }

  private result(): void {
    this.at++
    if (this.is('{')) {
      for (const [name, value] of this.table()) this.returned.set(name, value)
      return
    }
    const name = this.nameAt(0)
    // `return setmetatable(shop, …)` gives the table too.
    const inner = name === 'setmetatable' && this.is('(', 1) ? this.nameAt(2) : name
    if (inner !== undefined && this.tables.has(inner)) this.returnedTable = inner
    this.at++
  }

  /** From `{` to behind its `}`. */
  private table(): Map<string, Defined> {
    const fields = new Map<string, Defined>()
    this.at++
    while (this.at < this.tokens.length && !this.is('}')) {
      const token = this.peek()
      if (token?.kind === 'doc') {
        this.doc.push(token)
        this.at++
        continue
      }
      const start = this.at
      const doc = this.takeDoc(token?.line ?? 0)
      const name = this.nameAt(0)
      if (name !== undefined && this.is('=', 1)) {
        this.at += 2
        fields.set(name, this.value(doc))
      } else this.expression()
      // A bracket that nothing opened is passed, too.
      if (this.at === start || this.is(',') || this.is(';')) this.at++
    }
    this.at++
    return fields
  }

  private value(doc: Doc): Defined {
    if (this.is('function')) {
      this.at++
      return { kind: 'function', params: this.functionRest(), doc }
    }
    const name = this.nameAt(0)
    const known = name === undefined ? undefined : this.locals.get(name)
    const start = this.at
    this.expression()
    if (known === undefined || this.at !== start + 1) return { kind: 'value', doc }
    return isEmpty(doc) ? known : { ...known, doc }
  }

  /** From `(` to behind the function's `end`; gives its parameters. */
  private functionRest(): readonly string[] {
    const params: string[] = []
    while (this.at < this.tokens.length && !this.is(')')) {
      const token = this.peek()
      const isParam = token?.kind === 'name' || token?.text === '...'
      if (isParam && params.length < MAX_PARAMS) params.push(token.text)
      this.at++
    }
    this.at++
    this.block()
    return params
  }

  /** To behind the `end` or `until` that closes a block which has begun. */
  private block(): void {
    for (let depth = 1; depth > 0 && this.at < this.tokens.length; this.at++) depth += this.depth()
  }

  /** By how many blocks the present token opens or closes. */
  private depth(): number {
    const name = this.nameAt(0)
    if (name === undefined) return 0
    const before = this.peek(-1)?.text
    if (before === '.' || before === ':') return 0
    return opening.has(name) ? 1 : closing.has(name) ? -1 : 0
  }

  /** A statement that says nothing of the module's fields: past the blocks that it opens. */
  private skip(): void {
    const depth = this.depth()
    this.at++
    if (depth > 0) this.block()
  }

  /** Up to what ends a value: `,`, `;` or `}` of the table around it, or the statement that follows. */
  private expression(): void {
    const start = this.at
    for (let open = 0; this.at < this.tokens.length;) {
      const token = this.peek()
      if (open === 0 && this.at > start && this.endsExpression(token)) return
      if (token?.kind === 'symbol' && '([{'.includes(token.text)) open++
      if (token?.kind === 'symbol' && ')]}'.includes(token.text) && --open < 0) return
      if (this.is('function')) {
        this.at++
        this.functionRest()
      } else this.at++
    }
  }

  private endsExpression(token: Token | undefined): boolean {
    if (token?.kind === 'doc') return true
    if (token?.kind === 'symbol') return token.text === ',' || token.text === ';'
    if (token?.kind !== 'name') return false
    if (beginsStatement.has(token.text)) return true
    if (token.text === 'function') return this.nameAt(1) !== undefined
    // Two names in a row, with no operator between them: the second begins a statement.
    const before = this.peek(-1)
    const isOperand =
      before?.kind === 'number' ||
      before?.kind === 'string' ||
      (before?.kind === 'name' && !joining.has(before.text)) ||
      before?.text === ')' ||
      before?.text === ']' ||
      before?.text === '}'
    return isOperand && token.text !== 'and' && token.text !== 'or'
  }
}

function toExport(name: string, { kind, params, isMethod, doc }: Defined): ModuleExport {
  const { description } = doc
  if (kind === 'value') {
    const signature = doc.type === undefined ? name : `${name}: ${doc.type}`
    return { name, kind, signature, description }
  }
  const typed = (params ?? []).map(param => {
    const said = doc.params.get(param)
    return said === undefined || said.type === ''
      ? (said?.name ?? param)
      : `${said.name}: ${said.type}`
  })
  const all = isMethod === true ? ['self', ...typed] : typed
  const returns = doc.returns.length === 0 ? '' : `: ${doc.returns.join(', ')}`
  return { name, kind, signature: `${name}(${all.join(', ')})${returns}`, description }
}
