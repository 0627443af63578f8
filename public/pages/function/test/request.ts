/** A request as it is put together on the page, and the programs that would send it. */
import { shellText } from '../../../format/shell-text.js'

export interface Pair {
  name: string
  value: string
}
export interface TestRequest {
  method: string
  path: string
  query: Pair[]
  headers: Pair[]
  body: string
}

export const emptyRequest = (): TestRequest => ({
  method: 'GET',
  path: '/',
  query: [],
  headers: [],
  body: ''
})
export const sendsBody = (method: string): boolean => !['GET', 'HEAD'].includes(method)
const named = (pairs: readonly Pair[]): Pair[] => pairs.filter(({ name }) => name.trim() !== '')

export function toAddress(base: string, { path, query }: TestRequest): string {
  const search = new URLSearchParams(
    named(query).map(({ name, value }) => [name, value])
  ).toString()
  const below = path === '/' || path === '' ? '' : path.startsWith('/') ? path : `/${path}`
  const root = below === '' ? base : base.replace(/\/$/, '')
  return root + below + (search === '' ? '' : `${below.includes('?') ? '&' : '?'}${search}`)
}

export const toHeaders = ({ headers }: TestRequest): Array<[string, string]> =>
  named(headers).map(({ name, value }) => [name, value])

export const toInit = (request: TestRequest): RequestInit => ({
  method: request.method,
  headers: toHeaders(request),
  credentials: 'omit',
  redirect: 'follow',
  ...(sendsBody(request.method) ? { body: request.body } : {})
})

type Writer = (
  address: string,
  request: TestRequest,
  headers: Pair[],
  body: string | undefined
) => string
const quoted = (text: string): string => JSON.stringify(text)

const curl: Writer = (address, { method }, headers, body) =>
  [
    `curl${method === 'HEAD' ? ' --head' : method === 'GET' ? '' : ` -X ${method}`} ${shellText(address)}`,
    ...headers.map(({ name, value }) => `-H ${shellText(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-binary ${shellText(body)}`])
  ].join(' \\\n  ')

const javascript: Writer = (address, { method }, headers, body) => {
  const options = [
    `  method: ${quoted(method)}`,
    ...(headers.length > 0
      ? [
          `  headers: {\n${headers.map(({ name, value }) => `    ${quoted(name)}: ${quoted(value)}`).join(',\n')}\n  }`
        ]
      : []),
    ...(body === undefined ? [] : [`  body: ${quoted(body)}`])
  ]
  return [
    `const response = await fetch(${quoted(address)}, {`,
    options.join(',\n'),
    '})',
    'console.log(response.status, await response.text())'
  ].join('\n')
}

const python: Writer = (address, { method }, headers, body) =>
  [
    'import urllib.request',
    '',
    'request = urllib.request.Request(',
    `    ${quoted(address)},`,
    `    method=${quoted(method)},`,
    ...(headers.length > 0
      ? [
          `    headers={${headers.map(({ name, value }) => `${quoted(name)}: ${quoted(value)}`).join(', ')}},`
        ]
      : []),
    ...(body === undefined ? [] : [`    data=${quoted(body)}.encode(),`]),
    ')',
    'with urllib.request.urlopen(request) as response:',
    '    print(response.status, response.read().decode())'
  ].join('\n')

function go(...[address, { method }, headers, body]: Parameters<Writer>): string {
  const reader = body === undefined ? 'nil' : `strings.NewReader(${quoted(body)})`
  return [
    'package main',
    '',
    'import (',
    '\t"fmt"',
    '\t"io"',
    '\t"net/http"',
    ...(body === undefined ? [] : ['\t"strings"']),
    ')',
    '',
    'func main() {',
    `\trequest, err := http.NewRequest(${quoted(method)}, ${quoted(address)}, ${reader})`,
    '\tif err != nil {',
    '\t\tpanic(err)',
    '\t}',
    ...headers.map(({ name, value }) => `\trequest.Header.Set(${quoted(name)}, ${quoted(value)})`),
    '\tresponse, err := http.DefaultClient.Do(request)',
    '\tif err != nil {',
    '\t\tpanic(err)',
    '\t}',
    '\tdefer response.Body.Close()',
    '\tbody, _ := io.ReadAll(response.Body)',
    '\tfmt.Println(response.StatusCode, string(body))',
    '}'
  ].join('\n')
}

const writers = { curl, javascript, python, go } as const
export const exampleLanguages = [
  { id: 'curl', label: 'curl' },
  { id: 'javascript', label: 'JavaScript' },
  { id: 'python', label: 'Python' },
  { id: 'go', label: 'Go' }
] as const
export type ExampleLanguage = keyof typeof writers

/** A program in that language which sends the request. */
export function toExample(language: ExampleLanguage, base: string, request: TestRequest): string {
  const body = sendsBody(request.method) && request.body !== '' ? request.body : undefined
  return writers[language](toAddress(base, request), request, named(request.headers), body)
}
