/** The language of the page: chosen, remembered, and followed by every text. */
import { store } from '../alpine.js'
import { read, write } from '../shell/local-storage.js'
import type { laterTexts } from './en/later.js'
import { en } from './en.js'
import { ptBR } from './pt-BR.js'

const dictionaries = { en, 'pt-BR': ptBR } as const
export type Locale = keyof typeof dictionaries

type Areas = typeof en & typeof laterTexts
/** `area.name` of every text there is. */
export type TextKey = {
  [A in keyof Areas & string]: `${A}.${keyof Areas[A] & string}`
}[keyof Areas & string]
/** Keys that have a form for one and a form for many: `area.name` of `area.name_one` and `area.name_other`. */
export type CountKey = TextKey extends infer K
  ? K extends `${infer Stem}_other`
    ? Stem
    : never
  : never
export type Values = Readonly<Record<string, string | number>>

const isLocale = (value: unknown): value is Locale =>
  typeof value === 'string' && value in dictionaries
const ofBrowser = (): Locale =>
  navigator.languages.some(language => language.toLowerCase().startsWith('pt')) ? 'pt-BR' : 'en'
const remembered = read('locale')

export const language = store('language', {
  locale: isLocale(remembered) ? remembered : ofBrowser()
})

export function chooseLanguage(locale: string): void {
  if (!isLocale(locale)) return
  language.locale = locale
  write('locale', locale)
  document.documentElement.lang = locale
}

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>
const texts: Record<Locale, Texts> = { ...dictionaries }

/** Texts of pages that are loaded when they are first opened. */
export function addTexts(added: Readonly<Record<Locale, Texts>>): void {
  for (const locale of Object.keys(dictionaries) as Locale[]) {
    texts[locale] = { ...texts[locale], ...added[locale] }
  }
}

function lookUp(locale: Locale, key: string): string | undefined {
  const dot = key.indexOf('.')
  return texts[locale][key.slice(0, dot)]?.[key.slice(dot + 1)]
}

/** The text in the chosen language; `{name}` in it is replaced by the value of that name. */
export function t(key: TextKey, values: Values = {}): string {
  const text = lookUp(language.locale, key)
  if (text === undefined) throw new Error(`There is no text '${key}' in ${language.locale}`)
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The form of the text that fits `count`, which also fills `{count}`. */
export function tn(key: CountKey, count: number, values: Values = {}): string {
  const form = new Intl.PluralRules(language.locale).select(count) === 'one' ? 'one' : 'other'
  return t(`${key}_${form}` as TextKey, {
    count: new Intl.NumberFormat(language.locale).format(count),
    ...values
  })
}
