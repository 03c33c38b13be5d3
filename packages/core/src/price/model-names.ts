/** The names one model goes by: addresses, regions, dates and versions around the name that a price list has. */

/** Names tried at most, and length of a name worth taking apart: both come from callers and must stay bounded. */
const namesMax = 12
const nameLengthMax = 512

const month = '(?:0[1-9]|1[0-2])'
const day = '(?:0[1-9]|[12]\\d|3[01])'
const year = '20[2-4]\\d'

/** Dates and "newest" markers that providers append. What is left names the model they are a snapshot of. */
const datedEndings = [
  new RegExp(`[-@:]${year}-?${month}-?${day}(?:-v\\d+)?$`),
  new RegExp(`-preview-${month}-(?:${day}|${year})$`),
  new RegExp(`-${month}-${year}$`),
  new RegExp(`-(?:${month}${day}|2[3-9]${month})$`),
  /-latest$/,
  /@(?:latest|default)$/,
  /(?<=^gemini-.*)-00[1-9]$/,
]

/** `us.`, `eu.`, `global.` … before a Bedrock model id: a cross-region inference profile. */
const regionPrefix = /^(?:us|us-gov|eu|apac|au|jp|ca|in|sa|me|af|global)\./
/** `-v1:0`, `:0` after a Bedrock model id, and `-v1` after its number or date. */
const bedrockEnding = /(?:-v\d+:\d+|(?<=-\d+)-v\d+|:\d+)$/
/** Routing shortcuts that some gateways take after the name; they pick a route, not a model. `:free` is no such thing. */
const routeEnding = /:(?:nitro|floor|online|beta|exacto|thinking)$/

/** A fine-tuned model: `ft:<base>:<organisation>:<suffix>:<id>`, or Azure's `<base>.ft-<id>`. It never has its base's price. */
export function isFineTuned(name: string): boolean {
  return name.startsWith('ft:') || name.includes('.ft-')
}

/** `arn:aws:bedrock:…:foundation-model/anthropic.claude…` or `projects/…/models/gemini…` → what follows the last `/`. */
function stripAddress(name: string): string {
  const isAddress =
    name.startsWith('arn:') ||
    /^(?:models|publishers|projects|accounts|tunedmodels)\//.test(name) ||
    name.startsWith('/')
  return isAddress ? name.slice(name.lastIndexOf('/') + 1) : name
}

function stripDate(name: string): string {
  for (const ending of datedEndings) {
    const rest = name.replace(ending, '')
    if (rest !== name && rest !== '') return rest
  }
  return name
}

function stripVendorDot(name: string): string {
  const vendor = /^[a-z][a-z0-9]*\.(?=[a-z])/.exec(name)
  return vendor ? name.slice(vendor[0].length) : name
}

/** One way to look through a name, each applied to what the one before left. */
const steps: readonly ((name: string) => string)[] = [
  stripAddress,
  (name) => name.replace(routeEnding, ''),
  (name) => name.replace(regionPrefix, ''),
  (name) => name.replace(bedrockEnding, ''),
  stripDate,
  stripVendorDot,
  stripDate,
]

/**
 * The names to look a model up by, most exact first; the first is the name itself in lower case.
 * `us.anthropic.claude-3-7-sonnet-20250219-v1:0` ends at `claude-3-7-sonnet`, `gpt-4o-2024-08-06` at `gpt-4o`.
 * A fine-tuned model keeps its `ft:`.
 */
export function listModelNames(model: string): readonly string[] {
  const name = model.trim().toLowerCase()
  if (name.length > nameLengthMax) return [name]
  if (isFineTuned(name)) return listFineTunedNames(name)
  const names = [name]
  let rest = name
  for (const step of steps) {
    rest = step(rest)
    if (!names.includes(rest)) names.push(rest)
  }
  return names.slice(0, namesMax)
}

function listFineTunedNames(name: string): readonly string[] {
  const [mark, base] = name.split(':')
  if (mark !== 'ft' || !base) return [name]
  return [...new Set([name, `ft:${base}`, `ft:${stripDate(base)}`])]
}

/** `openai/gpt-4o` → vendor and model. Null when the name has no such prefix. */
export function splitVendor(model: string): { readonly vendor: string; readonly model: string } | null {
  const slash = model.indexOf('/')
  if (slash <= 0 || slash === model.length - 1) return null
  return { vendor: model.slice(0, slash), model: model.slice(slash + 1) }
}

/**
 * The names a call gives, the one that decides its price first: the model that answered, unless the one asked for
 * is the same with more of its address (`us.anthropic.claude-x` answered by `claude-x`), which may carry its own price.
 */
export function orderModels(responseModel: string | null, requestModel: string | null): readonly string[] {
  if (responseModel === null || responseModel === '') return requestModel ? [requestModel] : []
  if (requestModel === null || requestModel === '' || requestModel === responseModel) return [responseModel]
  const asked = requestModel.toLowerCase()
  const answered = responseModel.toLowerCase()
  const isSameWithAddress = asked.includes(`.${answered}`) || asked.includes(`/${answered}`)
  return isSameWithAddress ? [requestModel, responseModel] : [responseModel, requestModel]
}
