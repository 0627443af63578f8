/** Adds the built-in modules that run in the sandbox itself. */
import fp from 'fastify-plugin'
import type {} from '../../core/contracts/server.js'
import { base64 } from './base64/declaration.js'
import { crypto } from './crypto/declaration.js'
import { html } from './html/declaration.js'
import { json } from './json/declaration.js'
import { jwt } from './jwt/declaration.js'
import { random } from './random/declaration.js'
import { response } from './response/declaration.js'
import { router } from './router/declaration.js'
import { strings } from './strings/declaration.js'
import { time } from './time/declaration.js'
import { url } from './url/declaration.js'

export const localModules = [
  json,
  crypto,
  time,
  url,
  strings,
  random,
  base64,
  router,
  response,
  html,
  jwt
]

export default fp(
  async function luaLocal(fastify) {
    for (const module of localModules) fastify.lua.add(module, 'lua-local')
  },
  { name: 'lua-local', dependencies: ['lua'] }
)
