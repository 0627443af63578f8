/** The code of all functions that are declared `local`; bundled into the sandbox. */
import type { NativeFunction } from '../../sandbox/lua/api.js'
import { functions as base64 } from './base64/local.js'
import { functions as crypto } from './crypto/local.js'
import { functions as html } from './html/local.js'
import { functions as json } from './json/local.js'
import { jwtFunctions } from './jwt/local.js'
import { functions as random } from './random/local.js'
import { responseFunctions } from './response/local.js'
import { functions as router } from './router/local.js'
import { functions as strings } from './strings/local.js'
import { functions as time } from './time/local.js'
import { functions as url } from './url/local.js'

export const locals: { readonly [module: string]: { readonly [fn: string]: NativeFunction } } = {
  json,
  crypto,
  time,
  url,
  strings,
  random,
  base64,
  router,
  response: responseFunctions(json.encode),
  html,
  jwt: jwtFunctions(json)
}
