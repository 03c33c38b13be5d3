// Handing finished calls to the SDK's export: how many a second an application can hand over, and how many a second leave it
// encoded (OTLP protobuf, no network). Prints a table and a JSON line.
import { createCall } from '@inferometer/core/call'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { toTraces } from '../packages/sdk/dist/call-record.js'
import { Exporter } from '../packages/sdk/dist/export/exporter.js'
