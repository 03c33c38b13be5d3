/**
 * Who answered a call: the emitter's word, corrected by the host it called. A client library's name is not the vendor's:
 * `openai` is written for Azure, OpenRouter, DeepSeek and everyone else who speaks its format.
 */
import { unknownLabel } from '@inferometer/core/call'
import type { Attributes } from '@inferometer/core/otlp/model'
import { findProvider as findHostProvider } from '@inferometer/core/wire/providers'
import { readText } from './attribute-values.ts'
import { ownerOfModel, toProviderName } from './provider-name.ts'

/** Names that say which client library was used, so that a known host overrules them. */
const clientLibraries = new Set(['openai', 'anthropic', 'gcp.gen_ai', 'azure.ai.inference', 'azure.ai.openai'])

export function findProvider(said: string | null, attributes: Attributes, model: string | null): string {
  const name = said === null ? null : toProviderName(said)
  if (name !== null && !clientLibraries.has(name)) return name
  const byHost = findByHost(attributes)
  return byHost ?? name ?? (model === null ? null : ownerOfModel(model)) ?? unknownLabel
}

const longestHost = 300
const rememberedHosts = 1_000
const providersByHost = new Map<string, string | null>()

function findByHost(attributes: Attributes): string | null {
  const host = readText(
    attributes,
    'server.address',
    'gen_ai.openai.api_base',
    'llm.openai.api_base',
    'openai.api_base',
    'gen_ai.request.base_url',
    'net.peer.name',
  )
  if (host === null || host.length > longestHost) return null
  const known = providersByHost.get(host)
  if (known !== undefined) return known
  const provider = providerOfHost(host)
  if (providersByHost.size >= rememberedHosts) providersByHost.clear()
  providersByHost.set(host, provider)
  return provider
}

/** A machine of one's own, whose ports say nothing about whose model runs there. */
const localHost = /^(?:https?:\/\/)?(?:localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal|10\.|192\.168\.)/

function providerOfHost(host: string): string | null {
  if (localHost.test(host)) return null
  const text = host.includes('://') ? host : `https://${host}/`
  return URL.canParse(text) ? findHostProvider(new URL(text)) : null
}
