/** What deploy/ names is there, and what its files ask of their surroundings is given. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { settings } from '../packages/cli/src/settings.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Service {
  readonly image?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
}

// `!override` is Compose's own tag; what stands there is read as the list that it is.
const readCompose = (path: string): Compose => parse(read(path), { merge: true, logLevel: 'error' })
const compose = readCompose('deploy/compose/compose.yaml')
const production = readCompose('deploy/compose/production.yaml')

/** Files and folders of the repository that a service mounts. */
const mountsOf = ({ volumes = [] }: Service) =>
  volumes.filter((volume) => volume.startsWith('.')).map((volume) => join('deploy/compose', volume.split(':')[0] ?? ''))

describe('deploy/compose', () => {
  test.each(Object.entries(compose.services))('%s mounts what is there', (name, service) => {
    const mounted = [...mountsOf(service), ...mountsOf(production.services[name] ?? {})]
    expect(mounted.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test.each(['tempo', 'loki'])('%s is given every variable that its configuration names', (name) => {
    for (const [file, given] of [
      [compose, compose.services[name]?.environment],
      [production, { ...compose.services[name]?.environment, ...production.services[name]?.environment }],
    ] as const) {
      const [config] = mountsOf(file.services[name] ?? {})
      const named = [...read(config ?? '').matchAll(/\$\{(\w+)\}/g)].map(([, variable]) => variable ?? '')
      expect(named.length).toBeGreaterThan(5)
      expect([...new Set(named)].filter((variable) => !Object.hasOwn(given ?? {}, variable))).toEqual([])
    }
  })

  test('the server is given settings that it has', () => {
    const known = Object.values(settings).map(({ variable }) => variable)
    const given = Object.keys(compose.services.inferometer?.environment ?? {})
    expect(given.filter((variable) => !known.includes(variable))).toEqual([])
  })

  test('images are pinned, and are those that the image of everything takes', () => {
    const bases = read('deploy/docker/Dockerfile')
    for (const [name, { image = '' }] of Object.entries(compose.services)) {
      expect(image).toMatch(/:v?\d+\.\d+\.\d+$/)
      if (name !== 'inferometer') expect(bases).toContain(`docker.io/${image}`)
    }
  })
})

describe('deploy/docker', () => {
  test('the Dockerfile copies what is there, pins its bases and leaves root', () => {
    const text = read('deploy/docker/Dockerfile')
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '))
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([])
    const built = [...text.matchAll(/^COPY --from=build \/src\/(\S+)/gm)].map(([, path = '']) => path)
    expect(built.filter((path) => !['node_modules'].includes(path) && !existsSync(join(root, path)))).toEqual([])
    for (const [, image = ''] of text.matchAll(/^ARG \w+_IMAGE=(\S+)$/gm)) expect(image).toMatch(/:v?\d+\.\d+\.\d+/)
    expect(text).toMatch(/^USER 10001:10001$/m)
    expect(text).toMatch(/^HEALTHCHECK /m)
  })
})

describe('deploy/helm', () => {
  test('every value that a template names has a default', () => {
    const chart = 'deploy/helm/inferometer'
    const values: unknown = parse(read(`${chart}/values.yaml`))
    const named = readdirSync(join(root, chart, 'templates')).flatMap((file) =>
      [...read(`${chart}/templates/${file}`).matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path),
    )
    expect(named.length).toBeGreaterThan(30)
    const has = (path: string) =>
      path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], values) !==
      undefined
    expect([...new Set(named)].filter((path) => !has(path))).toEqual([])
  })

  test('rules, dashboards and configuration in the chart are those of the repository', () => {
    for (const [inside, outside] of [
      ['files/prometheus/alerts.rules.yml', 'deploy/prometheus/alerts.rules.yml'],
      ['files/config/patterns.yaml', 'config/patterns.yaml'],
      ['files/grafana/datasources/datasources.yml', 'deploy/grafana/provisioning/datasources/datasources.yml'],
      ['files/dashboards/llm-cost-dashboard.json', 'build/dashboards/llm-cost-dashboard.json'],
    ] as const)
      expect(read(`deploy/helm/inferometer/${inside}`)).toBe(read(outside))
  })
})
