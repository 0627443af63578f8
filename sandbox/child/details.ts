/** The fields of `event` and `ctx` that are made of the details of a run (DetailTexts in protocol/frames.ts). */
import type { RunFields } from '../protocol/frames.js'
import { Deferred, Fields, type ToLua } from '../lua/api.js'

export const detailNames = ['rawPath', 'rawQuery', 'ip', 'params', 'queryAll', 'headersAll']

const PARAMS_AT = 3

/** Values of `detailNames`. By index: to destructure is dear before it is optimized. */
export function toDetailValues(fields: RunFields, headersAt: number): ToLua[] {
  const texts = fields[fields.length - 1] as readonly string[]
  const target = texts[1] as string
  const mark = target.indexOf('?')
  const moreHeaders = PARAMS_AT + 1 + Number(texts[PARAMS_AT])
  const moreQuery = moreHeaders + 1 + Number(texts[moreHeaders])
  const list = (namesAt: number, at: number) =>
    new Deferred(() =>
      toLists(fields[namesAt] as readonly string[], fields[namesAt + 1] as string[], texts, at)
    )
  return [
    mark === -1 ? target : target.slice(0, mark),
    mark === -1 ? '' : target.slice(mark + 1),
    texts[2],
    new Deferred(() => toRecord(texts, PARAMS_AT)),
    list(headersAt + 2, moreQuery),
    list(headersAt, moreHeaders)
  ]
}

/** The address that the caller used; `baseUrl` where there was no caller. */
export function toUrl(fields: RunFields, baseUrl: string): string {
  const texts = fields[fields.length - 1] as readonly string[]
  return (texts[0] === '' ? baseUrl : (texts[0] as string)) + (texts[1] as string)
}

function toRecord(texts: readonly string[], at: number): Fields {
  const names: string[] = []
  const values: string[] = []
  const end = at + Number(texts[at])
  for (let i = at + 1; i < end; i += 2) {
    names.push(texts[i] as string)
    values.push(texts[i + 1] as string)
  }
  return new Fields(names, values)
}

/** Each name with the list of its values: the first one, and of the texts from `at` on those that are of that name. */
function toLists(
  names: readonly string[],
  firsts: readonly string[],
  texts: readonly string[],
  at: number
): Fields {
  const lists: string[][] = []
  for (let i = 0; i < firsts.length; i++) lists.push([firsts[i] as string])
  const end = at + Number(texts[at])
  for (let i = at + 1; i < end; i += 2) {
    const place = names.indexOf(texts[i] as string)
    if (place !== -1) lists[place]?.push(texts[i + 1] as string)
  }
  return new Fields(names, lists)
}
