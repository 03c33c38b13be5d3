/** Which model was called, and of whom, in the names of the conventions and in older ones. */
import { attribute } from '@inferometer/core/attributes'
import type { Attributes } from '@inferometer/core/otlp/model'
import { readText } from './attribute-values.ts'

/** As the emitter spells it. */
export function readProvider(attributes: Attributes): string | null {
  return readText(attributes, attribute.provider, 'gen_ai.system', 'llm.vendor')
}

/** Micrometer writes `none` for what it does not know, JavaScript `undefined` where a request names no model (a stored prompt). */
const noModels = new Set(['undefined', 'unknown', 'none'])

export function readRequestModel(attributes: Attributes): string | null {
  return toModel(readText(attributes, attribute.requestModel, 'llm.request.model'))
}

export function readResponseModel(attributes: Attributes): string | null {
  return toModel(readText(attributes, attribute.responseModel, 'llm.response.model'))
}

function toModel(name: string | null): string | null {
  return name !== null && noModels.has(name) ? null : name
}
