/** Spellings that emitters use for a provider → OpenTelemetry `gen_ai.provider.name`. Sources: semconv registry, deprecated `gen_ai.system`. */
const namesBySpelling: Readonly<Record<string, string>> = {
  alibabacloud: 'alibaba',
  amazon: 'aws.bedrock',
  'amazon-bedrock': 'aws.bedrock',
  amazon_bedrock: 'aws.bedrock',
  anthropic_bedrock: 'aws.bedrock',
  aws: 'aws.bedrock',
  'aws-bedrock': 'aws.bedrock',
  bedrock: 'aws.bedrock',
  bedrock_converse: 'aws.bedrock',
  'az.ai.agents': 'azure.ai.agents',
  'az.ai.inference': 'azure.ai.inference',
  'az.ai.openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  azure_ai: 'azure.ai.inference',
  azure_openai: 'azure.ai.openai',
  azureopenai: 'azure.ai.openai',
  'azure-openai': 'azure.ai.openai',
  claude: 'anthropic',
  cohere_chat: 'cohere',
  fireworks_ai: 'fireworks',
  gemini: 'gcp.gemini',
  google: 'gcp.gen_ai',
  google_genai: 'gcp.gemini',
  'google-gla': 'gcp.gemini',
  'google-vertex': 'gcp.vertex_ai',
  google_vertexai: 'gcp.vertex_ai',
  'google.generative-ai': 'gcp.gemini',
  hugging_face: 'huggingface',
  'ibm.watson.ai': 'ibm.watsonx.ai',
  watsonx: 'ibm.watsonx.ai',
  vertex_ai: 'gcp.vertex_ai',
  'vertex_ai-language-models': 'gcp.vertex_ai',
  vertexai: 'gcp.vertex_ai',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
  moonshot: 'moonshot_ai',
  moonshotai: 'moonshot_ai',
  text_completion_openai: 'openai',
  together_ai: 'together',
  togetherai: 'together',
  xai: 'x_ai',
}

/** Frameworks that write their own name where the provider's belongs, and words for "not known". */
const noProviders = new Set([
  'langchain',
  'langgraph',
  'llamaindex',
  'llama_index',
  'crewai',
  'agno',
  'haystack',
  'litellm',
  'pydantic-ai',
  'semantic_kernel',
  'openai_agents',
  'strands-agents',
  'gcp.vertex.agent',
  'spring_ai',
  'autogen',
  'ai',
  'none',
  'unknown',
  'undefined',
  '_other',
  'custom',
])

/** The AI SDK's names say which of a provider's APIs was called: `openai.responses`. */
const apiOfProvider = /^([\w-]+)\.(?:chat|responses|completions?|messages|embeddings?)$/

/** Known providers under their one name; the others as sent, in lower case. Null: the name names no provider. */
export function toProviderName(name: string): string | null {
  const lower = name.trim().toLowerCase()
  if (lower === '' || noProviders.has(lower)) return null
  const api = apiOfProvider.exec(lower)?.[1]
  if (api !== undefined) return toProviderName(api)
  return Object.hasOwn(namesBySpelling, lower) ? (namesBySpelling[lower] ?? lower) : lower
}

/** First words of models whose names nobody else gives: for emitters that say the model and no provider. */
const modelOwners: readonly (readonly [RegExp, string])[] = [
  [/^(?:gpt-|chatgpt-|o[1-9](?:-|$)|text-embedding-|davinci|babbage|dall-e|whisper|tts-|codex-|ft:gpt-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^(?:models\/)?gemini-/, 'gcp.gemini'],
  [/^(?:mistral|ministral|magistral|codestral|pixtral|devstral|voxtral)-/, 'mistral_ai'],
  [/^(?:command|embed-(?:english|multilingual)|c4ai)-/, 'cohere'],
  [/^deepseek-(?:chat|reasoner)/, 'deepseek'],
  [/^grok-/, 'x_ai'],
  [/^sonar(?:-|$)/, 'perplexity'],
  [/^(?:[a-z]{2,4}\.)?(?:anthropic|amazon|meta|cohere|mistral|ai21)\.[a-z]|^arn:aws[\w-]*:bedrock:/, 'aws.bedrock'],
]

/** Prefixes of LiteLLM's model names that are written as OpenTelemetry writes the provider. */
const plainPrefixes = new Set([
  'openai',
  'anthropic',
  'groq',
  'deepseek',
  'cohere',
  'openrouter',
  'ollama',
  'perplexity',
])

export function ownerOfModel(model: string): string | null {
  const lower = model.toLowerCase()
  const prefix = lower.slice(0, Math.max(0, lower.indexOf('/')))
  if (plainPrefixes.has(prefix)) return prefix
  if (prefix !== 'models' && Object.hasOwn(namesBySpelling, prefix)) return namesBySpelling[prefix] ?? null
  return modelOwners.find(([pattern]) => pattern.test(lower))?.[1] ?? null
}
