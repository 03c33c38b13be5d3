import { bench, describe } from 'vitest'
import { referenceType } from './reference-proto.cases.ts'
import { createSampleTraces } from './sample.cases.ts'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from './traces.ts'

// One iteration is one request of 512 spans with 15 attributes: spans per second are 512 times the hz shown.
const data = createSampleTraces(512)
const bytes = encodeTraces(data)
const text = encodeTracesJson(data)
const reference = referenceType('ExportTraceServiceRequest')
const message = reference.decode(bytes)
const options = { time: 2_000, warmupTime: 500 }

describe('decode 512 spans', () => {
  bench('decodeTraces', () => void decodeTraces(bytes), options)
  bench('protobufjs', () => void reference.decode(bytes), options)
  bench('decodeTracesJson', () => void decodeTracesJson(text), options)
  bench('JSON.parse alone', () => void JSON.parse(text), options)
})

describe('encode 512 spans', () => {
  bench('encodeTraces', () => void encodeTraces(data), options)
  bench('protobufjs', () => void reference.encode(message).finish(), options)
  bench('encodeTracesJson', () => void encodeTracesJson(data), options)
})
