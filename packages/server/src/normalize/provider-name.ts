/** Spellings that emitters use for a provider → OpenTelemetry `gen_ai.provider.name`. Sources: semconv registry, deprecated `gen_ai.system`. */
const namesBySpelling: Readonly<Record<string, string>> = {
  amazon: 'aws.bedrock',
  'amazon-bedrock': 'aws.bedrock',
  aws: 'aws.bedrock',
  'aws-bedrock': 'aws.bedrock',
  bedrock: 'aws.bedrock',
  'az.ai.inference': 'azure.ai.inference',
  'az.ai.openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  'azure-openai': 'azure.ai.openai',
  gemini: 'gcp.gemini',
  google: 'gcp.gen_ai',
  vertex_ai: 'gcp.vertex_ai',
  vertexai: 'gcp.vertex_ai',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
  xai: 'x_ai',
}

/** Known providers under their one name; the others as sent, in lower case. */
export function toProviderName(name: string): string {
  const lower = name.trim().toLowerCase()
  return Object.hasOwn(namesBySpelling, lower) ? (namesBySpelling[lower] ?? lower) : lower
}
