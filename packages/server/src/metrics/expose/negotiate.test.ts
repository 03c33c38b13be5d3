import { describe, expect, it } from 'vitest'
import { negotiateFormat } from './negotiate.ts'

const text = 'text/plain; version=0.0.4; charset=utf-8'
const openmetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const protobuf = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'
const askProtobuf = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'

const cases: [client: string, accept: string | undefined, contentType: string][] = [
  ['a client that says nothing', undefined, text],
  ['a client that says an empty string', '', text],
  ['curl', '*/*', text],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', text],
  [
    'Prometheus 2',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    openmetrics,
  ],
  [
    'Prometheus 2 with native histograms',
    `${askProtobuf},application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    protobuf,
  ],
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1',
    `${openmetrics}; escaping=allow-utf-8`,
  ],
  [
    'Prometheus 3 with native histograms',
    `${askProtobuf};escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2`,
    `${protobuf}; escaping=allow-utf-8`,
  ],
  [
    'a client of text 1.0.0',
    'text/plain;version=1.0.0;escaping=values',
    'text/plain; version=1.0.0; charset=utf-8; escaping=values',
  ],
  ['a client that wants dots escaped', 'text/plain;escaping=dots', `${text}; escaping=underscores`],
  [
    'a client of an older OpenMetrics',
    'application/openmetrics-text; version=0.0.1',
    openmetrics.replace('1.0.0', '0.0.1'),
  ],
  ['a client of OpenMetrics of any version', 'application/openmetrics-text', openmetrics],
  ['a client of a version to come', 'application/openmetrics-text;version=9.0.0,text/plain;q=0.1', text],
  [
    'a client of protobuf as text',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text',
    text,
  ],
  ['a client of another protobuf', 'application/vnd.google.protobuf;proto=other.Message;encoding=delimited', text],
  [
    'a client that quotes',
    'Application/Vnd.Google.Protobuf; Proto="io.prometheus.client.MetricFamily"; ENCODING="delimited"',
    protobuf,
  ],
  ['a client that names one thing among anything', '*/*, application/openmetrics-text', openmetrics],
  ['a client that likes OpenMetrics less', 'application/openmetrics-text;q=0.2, text/plain;q=0.7', text],
  ['a client that refuses text', 'text/plain;q=0, */*', openmetrics],
  ['a client that refuses all', '*/*;q=0', text],
  ['a client of any application', 'application/*', openmetrics],
  ['a client whose quality is no number', 'application/openmetrics-text;q=high, text/plain;q=0.1', text],
  ['a client that writes nonsense', ';;;=,"\\",, text', text],
]

describe('negotiateFormat()', () => {
  it.each(cases)('answers %s', (_, accept, contentType) => {
    expect(negotiateFormat(accept).contentType).toBe(contentType)
  })

  it('answers in time when the header is long and hostile', () => {
    const start = performance.now()
    negotiateFormat(`${'"\\'.repeat(8000)},${';q'.repeat(8000)}`)
    expect(performance.now() - start).toBeLessThan(250)
  })
})
