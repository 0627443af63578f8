/** The files for containers hang together: what they name is there, and what stands twice is the same. */
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { settings } from '../../config/schema.js'

interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly configs?: readonly { readonly source: string; readonly target: string }[]
  readonly networks?: Readonly<Record<string, { readonly ipv4_address: string }>>
  readonly ports?: readonly string[]
  readonly read_only?: boolean
  readonly stop_grace_period?: string
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes?: Readonly<Record<string, unknown>>
  readonly configs?: Readonly<Record<string, { readonly content: string }>>
  readonly networks?: Readonly<
    Record<string, { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } }>
  >
}

/** So long runs may take to end when a server is stopped. */
const RUN_MAY_END_SECONDS = 30

const files = ['compose.yaml', 'compose-postgres.yaml']
const container = await readFile('config/Containerfile', 'utf8')

for (const file of files) {
  t.test(file, async t => {
    const text = await readFile(join('config', file), 'utf8')
    const compose = parse(text, { merge: true }) as Compose
    const services = Object.entries(compose.services)

    for (const [name, service] of services) {
      t.match(service.image, /^[a-z]+(?::[\w.-]+)?$/, name)
      for (const other of dependenciesOf(service)) t.ok(compose.services[other], other)
      for (const [other, { condition }] of conditionsOf(service)) {
        t.equal(condition, 'service_healthy')
        t.ok(compose.services[other]?.healthcheck, `${other} tells whether it is well`)
      }
      for (const volume of service.volumes ?? []) {
        t.ok((volume.split(':')[0] ?? '') in (compose.volumes ?? {}), volume)
      }
      for (const { source, target } of service.configs ?? []) {
        t.ok(compose.configs?.[source], source)
        t.match(target, /^\//)
      }
      // What is published is so for this machine alone.
      for (const port of service.ports ?? []) t.match(port, /^127\.0\.0\.1:\d+:\d+$/)
    }
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map(one => one.split(':')[0]))
    t.same(Object.keys(compose.volumes ?? {}), [...new Set(used)], 'no volume is left over')

    const own = services.filter(([, { image }]) => image === 'moonlet')
    t.ok(own.length > 0)
    for (const [name, service] of own) {
      await access(join('config', service.build?.context ?? '', service.build?.dockerfile ?? ''))
      for (const setting of Object.keys(service.environment ?? {})) {
        t.ok(setting in settings, `${name}: ${setting} is a setting`)
      }
      const [, data = ''] = /^VOLUME (\S+)$/m.exec(container) ?? []
      const places = [
        ...(service.volumes ?? []).map(one => one.split(':')[1]),
        ...(service.tmpfs ?? [])
      ]
      t.equal(service.read_only, true)
      t.ok(places.includes('/tmp') && places.includes(data), `${name} has where to write`)
      t.ok(Number.parseInt(service.stop_grace_period ?? '', 10) > RUN_MAY_END_SECONDS)
    }
    // Settings that are only named in comments, to be taken in.
    for (const [, setting = ''] of text.matchAll(/^ *# ([A-Z][A-Z_]+): /gm)) {
      t.ok(setting in settings, setting)
    }
    for (const [, variable = ''] of text.matchAll(/\$\{(\w+):\?\}/g)) {
      t.ok(text.includes(`${variable}=$(`), `how ${variable} is made is said`)
    }
  })
}

t.test('the proxy of compose-postgres.yaml is who the nodes believe', async t => {
  const text = await readFile('config/compose-postgres.yaml', 'utf8')
  const { services, networks, configs } = parse(text, { merge: true }) as Compose
  const address = services['proxy']?.networks?.['default']?.ipv4_address ?? ''
  t.equal(services['node-1']?.environment?.['TRUST_PROXY'], address)
  const [subnet = ''] = networks?.['default']?.ipam.config[0]?.subnet.split('/') ?? []
  t.ok(address.startsWith(subnet.replace(/0$/, '')))
  const upstream = configs?.['nodes']?.content ?? ''
  const named = Array.from(upstream.matchAll(/server (\S+):(\d+) /g), ([, host, port]) => ({
    host,
    port
  }))
  t.same(
    named.map(({ host }) => host),
    Object.keys(services).filter(name => name.startsWith('node-'))
  )
  const [, exposed] = /^EXPOSE (\d+)$/m.exec(container) ?? []
  t.ok(named.every(({ port }) => port === exposed))
  t.equal(Number(exposed), settings.PORT.read(undefined))
  // While the image makes its data folder, PostgreSQL answers at its socket, and to nobody else.
  t.ok(services['database']?.healthcheck?.test.includes('--host=127.0.0.1'))
})

function dependenciesOf({ depends_on: on = [] }: Service): string[] {
  return Array.isArray(on) ? on : Object.keys(on)
}

function conditionsOf({ depends_on: on = [] }: Service): Array<[string, { condition: string }]> {
  return Array.isArray(on) ? [] : Object.entries(on)
}
