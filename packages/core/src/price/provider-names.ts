/** One key per provider, however a dialect, a gateway or a price file spells it. */

const keysBySpelling: Readonly<Record<string, readonly string[]>> = {
  anthropic: [],
  aws: ['aws_bedrock', 'bedrock', 'amazon', 'amazon_bedrock', 'bedrock_mantle', 'bedrock_converse'],
  azure: ['azure_openai', 'azure_ai_openai', 'azure_ai_inference', 'azure_ai', 'az_ai_openai', 'az_ai_inference'],
  cohere: ['cohere_chat'],
  deepseek: [],
  fireworks: ['fireworks_ai'],
  google: [
    'gcp_gemini',
    'gcp_gen_ai',
    'gcp_vertex_ai',
    'gemini',
    'vertex',
    'vertex_ai',
    'google_vertex',
    'google_ai_studio',
    'google_genai',
    'google_generative_ai',
  ],
  github_copilot: ['github', 'copilot'],
  groq: [],
  mistral: ['mistral_ai', 'mistralai'],
  moonshotai: ['moonshot_ai', 'moonshot'],
  openai: ['open_ai'],
  openrouter: ['open_router'],
  perplexity: ['perplexity_ai'],
  together: ['together_ai', 'togetherai'],
  voyageai: ['voyage', 'voyage_ai'],
  x_ai: ['xai'],
  zhipuai: ['zhipu', 'zhipu_ai'],
}

const keyOf = new Map<string, string>()
for (const [key, spellings] of Object.entries(keysBySpelling)) for (const name of spellings) keyOf.set(name, key)

/** Provider name as anyone writes it → the key that price rows are found by: `aws.bedrock` → `aws`, `Mistral AI` → `mistral`. */
export function toProviderKey(name: string): string {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return keyOf.get(plain) ?? plain
}

/** Software that runs models on one's own machines: no vendor's price applies to what it answers. */
const selfHosted = new Set([
  'ollama',
  'vllm',
  'lmstudio',
  'lm_studio',
  'llama_cpp',
  'llamacpp',
  'localai',
  'tgi',
  'sglang',
])

export function isSelfHosted(providerKey: string): boolean {
  return selfHosted.has(providerKey)
}

/** Resellers that pass the vendors' own prices on, so that `vendor/model` may be priced by the vendor's list. */
const passThrough = new Set(['openrouter'])

export function passesPricesOn(providerKey: string): boolean {
  return passThrough.has(providerKey)
}
