import { type EndpointRule, endpointRules } from './endpoints.ts'
import { readInput } from './input.ts'
import type { JsonObject } from './json.ts'
import { parseJson, toObject, toText } from './json.ts'
import { findProvider } from './providers.ts'
import { openReader } from './reader.ts'
import type { DetectedCall, WireRequest } from './wire.ts'

/** An address at which model calls are made. */
export interface Endpoint {
  /** Null: nobody's known host. Then the body must show what it is. */
  readonly provider: string | null
  readonly rules: readonly EndpointRule[]
}

/**
 * Whether a request may be a model call, from its address alone: a look into a table for all other traffic of an application. A
 * request that passes has to be shown to detectCall with its body.
 */
export function findEndpoint(method: string, url: URL): Endpoint | null {
  if (method !== 'POST' && method !== 'post') return null
  const path = trimSlash(url.pathname)
  const segment = path.slice(path.lastIndexOf('/') + 1)
  const rules = endpointRules.get(segment.slice(segment.lastIndexOf(':') + 1))
  if (rules === undefined) return null
  const provider = findProvider(url)
  const fitting = rules.filter((rule) => rule.path.test(path) && isServedBy(rule, provider))
  return fitting.length === 0 ? null : { provider, rules: fitting }
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

function isServedBy(rule: EndpointRule, provider: string | null): boolean {
  if (provider === null) return rule.neutralProvider !== undefined
  return rule.providers === undefined || rule.providers.includes(provider)
}

/**
 * The model call that a request is. Null for everything else: other APIs of a provider, and what only looks like a model call.
 * `endpoint`: what findEndpoint said of it, where that is known.
 */
export function detectCall(
  request: WireRequest,
  endpoint: Endpoint | null = findEndpoint(request.method, request.url),
): DetectedCall | null {
  if (endpoint === null) return null
  const body = request.body === null ? null : toObject(parseJson(request.body))
  const named = toText(body?.model)
  const readModel = () => readPathModel(request.url.pathname)
  const fits = (rule: EndpointRule) => body !== null && rule.fits?.(body, readModel() ?? '') === true
  const rule = endpoint.provider === null ? endpoint.rules.find(fits) : endpoint.rules[0]
  const provider = endpoint.provider ?? rule?.neutralProvider
  if (rule === undefined || provider === undefined) return null
  const operation = typeof rule.operation === 'function' ? rule.operation(readModel() ?? '', body) : rule.operation
  if (operation === null) return null
  const streaming: boolean = rule.streams === undefined ? body?.stream === true : rule.streams(body)
  return {
    format: rule.format.name,
    provider,
    operation,
    requestModel: named ?? readModel(),
    streaming,
    userId: readUserId(body),
    readInput: () => (body === null ? [] : readInput(body)),
    openResponse: (response, options) => openReader(rule.format, response, { ...options, streaming }),
  }
}

/** Bedrock, Gemini, Vertex AI and Azure name the model, or the deployment that stands for it, in the path. */
const pathModels = /\/(?:model|models|tunedModels|endpoints|deployments|engines)\/([^/:]+(?::[^/]*)?)/

function readPathModel(path: string): string | null {
  const named = pathModels.exec(path)?.[1]
  if (named === undefined) return null
  const isMethod = /:(?:\w*[pP]redict|\w*Contents?)$/.test(named)
  const model = isMethod ? named.slice(0, named.lastIndexOf(':')) : named
  try {
    return decodeURIComponent(model)
  } catch {
    return model
  }
}

function readUserId(body: JsonObject | null): string | null {
  if (body === null) return null
  return toText(body.user) ?? toText(body.safety_identifier) ?? toText(toObject(body.metadata)?.user_id)
}
