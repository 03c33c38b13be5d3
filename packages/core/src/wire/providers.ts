/**
 * Which host belongs to whom. Names are OpenTelemetry's `gen_ai.provider.name` where it has one, else the provider's own in plain
 * letters. Source of the names: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/
 */
const hosts = new Map<string, string>([
  ['api.openai.com', 'openai'],
  ['api.anthropic.com', 'anthropic'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['api.mistral.ai', 'mistral_ai'],
  ['codestral.mistral.ai', 'mistral_ai'],
  ['api.cohere.com', 'cohere'],
  ['api.cohere.ai', 'cohere'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['openrouter.ai', 'openrouter'],
  ['api.together.xyz', 'together'],
  ['api.together.ai', 'together'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.cerebras.ai', 'cerebras'],
  ['router.huggingface.co', 'huggingface'],
  ['api-inference.huggingface.co', 'huggingface'],
  ['dashscope.aliyuncs.com', 'alibaba'],
  ['dashscope-intl.aliyuncs.com', 'alibaba'],
  ['dashscope-us.aliyuncs.com', 'alibaba'],
  ['integrate.api.nvidia.com', 'nvidia'],
  ['ai.api.nvidia.com', 'nvidia'],
  ['api.sambanova.ai', 'sambanova'],
  ['api.moonshot.ai', 'moonshot_ai'],
  ['api.moonshot.cn', 'moonshot_ai'],
  ['api.z.ai', 'zhipu'],
  ['open.bigmodel.cn', 'zhipu'],
  ['api.minimax.io', 'minimax'],
  ['api.minimax.chat', 'minimax'],
  ['api.siliconflow.com', 'siliconflow'],
  ['api.siliconflow.cn', 'siliconflow'],
  ['ark.cn-beijing.volces.com', 'volcengine'],
  ['qianfan.baidubce.com', 'baidu'],
  ['api.hunyuan.cloud.tencent.com', 'tencent'],
  ['ollama.com', 'ollama'],
  ['api.writer.com', 'writer'],
  ['api.voyageai.com', 'voyage'],
  ['api.jina.ai', 'jina'],
  ['api.ai21.com', 'ai21'],
  ['api.deepinfra.com', 'deepinfra'],
  ['api.hyperbolic.xyz', 'hyperbolic'],
  ['api.novita.ai', 'novita'],
  ['api.studio.nebius.com', 'nebius'],
  ['api.studio.nebius.ai', 'nebius'],
  ['api.tokenfactory.nebius.com', 'nebius'],
  ['inference.baseten.co', 'baseten'],
  ['api.inference.net', 'inference_net'],
  ['api.lambda.ai', 'lambda'],
  ['api.venice.ai', 'venice'],
  ['api.upstage.ai', 'upstage'],
  ['api.reka.ai', 'reka'],
  ['api.inceptionlabs.ai', 'inception'],
  ['api.friendli.ai', 'friendli'],
  ['api.featherless.ai', 'featherless'],
  ['api.llama.com', 'meta'],
  ['api.scaleway.ai', 'scaleway'],
  ['models.github.ai', 'github'],
  ['api.githubcopilot.com', 'github_copilot'],
  ['api.cloudflare.com', 'cloudflare'],
  ['llm.chutes.ai', 'chutes'],
  ['models.inference.ai.azure.com', 'azure.ai.inference'],
  ['ai-gateway.vercel.sh', 'vercel'],
  ['oai.helicone.ai', 'openai'],
  ['anthropic.helicone.ai', 'anthropic'],
])

/** Hosts with a customer's name or a region in front, matched against host and path. First match wins. */
const addressPatterns: readonly (readonly [RegExp, string])[] = [
  [/^[^/]+\.openai\.azure\.(?:com|us|cn)\//, 'azure.ai.openai'],
  [/^[^/]+\.(?:cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)\/openai\//, 'azure.ai.openai'],
  [/^[^/]+\.(?:services|inference|models)\.ai\.azure\.(?:com|us|cn)\//, 'azure.ai.inference'],
  [/^bedrock-(?:runtime|mantle)[a-z0-9.-]*\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\//, 'aws.bedrock'],
  [/^[^/]+\.bedrock-(?:runtime|mantle)[a-z0-9.-]*\.vpce\.amazonaws\.com\//, 'aws.bedrock'],
  [/^[a-z0-9-]+-aiplatform\.googleapis\.com\//, 'gcp.vertex_ai'],
  [/^aiplatform\.[a-z0-9-]+\.rep\.googleapis\.com\//, 'gcp.vertex_ai'],
  [/^[a-z0-9-]+\.api\.openai\.com\//, 'openai'],
  [/^[a-z0-9-]+\.api\.x\.ai\//, 'x_ai'],
  [/^[^/]+\.endpoints\.huggingface\.cloud\//, 'huggingface'],
  [/^[^/]+\.snowflakecomputing\.com\//, 'snowflake'],
  [/^[^/]+\.(?:cloud\.databricks\.com|azuredatabricks\.net|gcp\.databricks\.com)\//, 'databricks'],
  // Azure's paths behind a gateway of the customer's own.
  [/^[^/]+(?:\/[^/]+)*\/openai\/deployments\//, 'azure.ai.openai'],
]

/** Servers on their default port of this machine. */
const localPorts = new Map<string, string>([
  ['11434', 'ollama'],
  ['1234', 'lmstudio'],
  ['8000', 'vllm'],
])
const localHosts = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0', 'host.docker.internal'])

/** Segments in a gateway's path that name the provider behind it. Source: Cloudflare AI Gateway's provider slugs, and our own names. */
const pathNames = new Map<string, string>([
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['azure-openai', 'azure.ai.openai'],
  ['aws-bedrock', 'aws.bedrock'],
  ['google-ai-studio', 'gcp.gemini'],
  ['google-vertex-ai', 'gcp.vertex_ai'],
  ['groq', 'groq'],
  ['mistral', 'mistral_ai'],
  ['cohere', 'cohere'],
  ['deepseek', 'deepseek'],
  ['grok', 'x_ai'],
  ['perplexity-ai', 'perplexity'],
  ['openrouter', 'openrouter'],
  ['cerebras', 'cerebras'],
  ['huggingface', 'huggingface'],
])
const pathNamedHosts = new Set(['gateway.ai.cloudflare.com'])

/** The provider a host belongs to; null when it is not known to be one. */
export function findProvider(url: URL): string | null {
  const host = url.hostname
  const known = hosts.get(host)
  if (known !== undefined) return known
  if (localHosts.has(host)) return localPorts.get(url.port) ?? null
  if (pathNamedHosts.has(host)) return findPathName(url.pathname)
  const address = host + url.pathname
  const named = addressPatterns.find(([pattern]) => pattern.test(address))?.[1]
  // A server that is called after Ollama on the port of Ollama: a container's name, most of the time.
  return named ?? (url.port === '11434' || /(?:^|[.-])ollama(?:[.-]|$)/.test(host) ? 'ollama' : null)
}

function findPathName(path: string): string | null {
  for (const segment of path.split('/')) {
    const provider = pathNames.get(segment)
    if (provider !== undefined) return provider
  }
  return null
}
