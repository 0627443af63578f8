import { caddy } from '../helpers/proxy.js'
import { keepsPromises } from './proxy-promises.js'

keepsPromises(caddy)
