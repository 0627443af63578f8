/** Who may call a function, as a form holds it. */
import type { Access } from '../../api/types.js'

export interface AccessForm {
  mode: string
  preset: string
  secret: string
  header: string
  algorithm: string
  encoding: string
  prefix: string
}

export const modes = ['public', 'key', 'signature', 'internal'] as const
export const presets = [
  { id: 'github', name: 'GitHub' },
  { id: 'stripe', name: 'Stripe' },
  { id: 'slack', name: 'Slack' },
  { id: 'standard-webhooks', name: 'Standard Webhooks' }
] as const
export const algorithms = ['sha256', 'sha512', 'sha1'] as const
export const encodings = ['hex', 'base64'] as const

/** What a form begins with where nothing is set. */
const standard: AccessForm = {
  mode: 'public',
  preset: 'github',
  secret: '',
  header: 'X-Signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: ''
}

export const toAccessForm = (access: Access | undefined): AccessForm => ({ ...standard, ...access })

/** As the management API takes it; `{}` for everybody, which is as good as nothing set. */
export function toAccess(form: AccessForm): object {
  const { mode, preset, secret, header, algorithm, encoding, prefix } = form
  if (mode === 'public') return {}
  if (mode !== 'signature') return { mode }
  const named = { mode, preset, secret: secret.trim() }
  return preset === 'generic'
    ? { ...named, header: header.trim(), algorithm, encoding, prefix }
    : named
}
