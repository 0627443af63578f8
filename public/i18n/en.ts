/** All texts in English; every other language has the same keys. */
import { changes } from './en/changes.js'
import { frame } from './en/frame.js'
import { setup } from './en/setup.js'
import { work } from './en/work.js'

export const en = { ...frame, ...setup, ...work, ...changes } as const
