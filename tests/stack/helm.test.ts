/** The chart by Helm itself: it is taken by `helm lint`, and what it renders with several sets of values is whole. */
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { findPeer } from '../../tools/peers/list.mjs'
import { hasPeers } from './run-peer.ts'

const isThere = hasPeers(['helm'], 'the chart by Helm itself')
const chart = fileURLToPath(new URL('../../deploy/helm/inferometer', import.meta.url))

// What is read of a rendered object; Kubernetes' own schema is wider.
// biome-ignore lint/suspicious/noExplicitAny: it is whatever the chart renders, and each test says what it must be.
type Kube = any

const everything = [
  'replicaCount=3',
  'autoscaling.enabled=true',
  'serviceMonitor.enabled=true',
  'prometheusRule.enabled=true',
  'grafana.dashboards.enabled=true',
  'grafana.datasources.enabled=true',
  'networkPolicy.enabled=true',
  'forward.traces=http://tempo.monitoring:4318',
  'forward.logs=http://loki.monitoring:3100/otlp/v1/logs',
]
const sets: Readonly<Record<string, readonly string[]>> = {
  'as it is': [],
  'with everything': everything,
  'with a secret of its user': ['apiKey.existingSecret=mine', 'apiKey.secretKey=k', 'serviceMonitor.enabled=true'],
  'with less': ['podDisruptionBudget.enabled=false', 'serviceAccount.create=false', 'service.sessionAffinity=None'],
  'with names of its user': ['fullnameOverride=calls', 'image.tag=9.9.9', 'persistence.storageClassName=fast'],
}

/** Without one Helm takes the age of its libraries for the cluster's. */
const cluster = ['--kube-version', '1.31.0']
const flagsOf = (values: readonly string[]) => values.flatMap((value) => ['--set', value])
const helm = (...args: string[]) => execFileSync(findPeer('helm') ?? '', args, { encoding: 'utf8', stdio: 'pipe' })

function render(values: readonly string[]): Kube[] {
  const documents = parseAllDocuments(helm('template', 'release', chart, '-n', 'llm', ...cluster, ...flagsOf(values)))
  if (!Array.isArray(documents)) throw new Error('It renders nothing')
  for (const { errors } of documents) expect(errors).toEqual([])
  return documents.map((document) => document.toJS()).filter((object) => object !== null)
}

const kindsOf = (objects: readonly Kube[]) => objects.map(({ kind }) => kind).sort()
const find = (objects: readonly Kube[], kind: string): Kube => objects.find((object) => object.kind === kind)

const groups: Readonly<Record<string, string>> = {
  ConfigMap: 'v1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  StatefulSet: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  NetworkPolicy: 'networking.k8s.io/v1',
  ServiceMonitor: 'monitoring.coreos.com/v1',
  PrometheusRule: 'monitoring.coreos.com/v1',
}

describe.skipIf(!isThere)('the chart', () => {
  test.each(Object.entries(sets))('%s is taken by lint, and renders objects that Kubernetes knows', (_name, values) => {
    expect(helm('lint', '--strict', chart, ...cluster, ...flagsOf(values))).toContain('0 chart(s) failed')
    const objects = render(values)
    for (const { apiVersion, kind, metadata } of objects) {
      expect([kind, apiVersion]).toEqual([kind, groups[kind]])
      expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
      expect(metadata.labels['app.kubernetes.io/instance']).toBe('release')
    }
    const ids = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    expect(ids.length).toBe(new Set(ids).size)
  })

  test.each(Object.entries(sets))('%s refers to nothing that is not there', (_name, values) => {
    const objects = render(values)
    const set = find(objects, 'StatefulSet')
    const { template, selector, serviceName, volumeClaimTemplates } = set.spec
    const [container] = template.spec.containers
    expect(template.metadata.labels).toMatchObject(selector.matchLabels)
    expect(objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name)).toContain(serviceName)
    const portNames = container.ports.map(({ name }: Kube) => name)
    for (const service of objects.filter(({ kind }) => kind === 'Service')) {
      expect(template.metadata.labels).toMatchObject(service.spec.selector)
      for (const { targetPort } of service.spec.ports) expect(portNames).toContain(targetPort)
    }
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(portNames).toContain(container[probe].httpGet.port)
    const volumes = [...template.spec.volumes, ...volumeClaimTemplates.map(({ metadata }: Kube) => metadata)]
    const mounted = container.volumeMounts.map(({ name }: Kube) => name)
    expect(volumes.map(({ name }: Kube) => name).sort()).toEqual(mounted.sort())
    const { secretKeyRef } = container.env.find(({ valueFrom }: Kube) => valueFrom !== undefined).valueFrom
    if (values.includes('apiKey.existingSecret=mine')) expect(secretKeyRef).toEqual({ name: 'mine', key: 'k' })
    else {
      const secret = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === secretKeyRef.name)
      expect(Buffer.from(secret.data[secretKeyRef.key], 'base64').toString()).toMatch(/^[A-Za-z0-9]{40}$/)
    }
    // A replica keeps what was not forwarded, also when it is scaled away.
    expect(set.spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' })
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
  })

  test('with everything has everything, and leaves the number of replicas to the autoscaler', () => {
    const objects = render(everything)
    const counts = Object.keys(groups).map((kind) => [kind, objects.filter((object) => object.kind === kind).length])
    expect(Object.fromEntries(counts)).toEqual({
      ConfigMap: 5,
      Secret: 2,
      Service: 2,
      ServiceAccount: 1,
      StatefulSet: 1,
      PodDisruptionBudget: 1,
      HorizontalPodAutoscaler: 1,
      NetworkPolicy: 1,
      ServiceMonitor: 1,
      PrometheusRule: 1,
    })
    const set = find(objects, 'StatefulSet')
    expect(set.spec.replicas).toBeUndefined()
    expect(find(objects, 'HorizontalPodAutoscaler').spec.scaleTargetRef.name).toBe(set.metadata.name)
    const rules = find(objects, 'PrometheusRule').spec.groups.flatMap((group: Kube) => group.rules)
    expect(rules.length).toBeGreaterThan(15)
    const monitor = find(objects, 'ServiceMonitor').spec
    const scraped = objects.filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(monitor.selector.matchLabels).every(([label, value]) => metadata.labels[label] === value),
    )
    // Each replica once: the other service would have each of them twice.
    expect(scraped.map(({ metadata }) => metadata.name)).toEqual([set.spec.serviceName])
    const dashboards = objects.filter(({ metadata }) => metadata.labels.grafana_dashboard === '1')
    expect(dashboards).toHaveLength(4)
    for (const { data } of dashboards)
      for (const [file, json] of Object.entries<string>(data)) expect(`${JSON.parse(json).uid}.json`).toBe(file)
    const sources = objects.find(({ metadata }) => metadata.labels.grafana_datasource === '1').stringData
    expect(Object.values(sources).join('')).not.toContain('$INFEROMETER')
    const out = find(objects, 'NetworkPolicy').spec
    expect([out.policyTypes, out.egress]).toEqual([
      ['Ingress', 'Egress'],
      [expect.anything(), {}],
    ])
  })

  test('as it is has what it needs and nothing that a bare cluster lacks', () => {
    const needed = ['ConfigMap', 'PodDisruptionBudget', 'Secret', 'Service', 'Service', 'ServiceAccount', 'StatefulSet']
    expect(kindsOf(render([]))).toEqual(needed)
  })

  test.each(['replicaCount=none', 'content=everything', 'replicas=3'])('refuses %s by its schema', (value) => {
    const { status, stderr } = spawnSync(
      findPeer('helm') ?? '',
      ['template', 'release', chart, ...cluster, '--set', value],
      {
        encoding: 'utf8',
      },
    )
    expect(status).not.toBe(0)
    expect(stderr).toContain(value.split('=')[0])
  })
})
