import type { Operation } from '../call.ts'
import { anthropicComplete } from './anthropic-complete.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { bedrockInvoke } from './bedrock-invoke.ts'
import { cohereChatV1, cohereGenerate } from './cohere-chat-v1.ts'
import { cohereChatV2 } from './cohere-chat-v2.ts'
import { cohereEmbed } from './cohere-embed.ts'
import type { AnswerFormat } from './format.ts'
import { geminiEmbed, vertexPredict } from './gemini-embed.ts'
import { geminiGenerate } from './gemini-generate.ts'
import { geminiInteractions } from './gemini-interactions.ts'
import { type InvokeKind, readInvokeKind } from './invoke-kind.ts'
import type { JsonObject } from './json.ts'
import { toCount, toObjects, toText } from './json.ts'
import {
  fitsCohereChat,
  fitsCohereChatV1,
  fitsConverse,
  fitsInvoke,
  fitsOllamaChat,
  fitsOllamaGenerate,
} from './native-shapes.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiResponses } from './openai-responses.ts'

/** One kind of model call that an address can be. */
export interface EndpointRule {
  /** Matched against the path without a trailing slash. */
  readonly path: RegExp
  readonly format: AnswerFormat
  /** Null: the body tells. */
  readonly operation: Operation | InvokeKind
  /** Only at these providers; at any when absent. */
  readonly providers?: readonly string[]
  /**
   * Provider when the host is unknown: the flavour of API that the client speaks, as OpenTelemetry's
   * `gen_ai.provider.name` has it. Absent: such a host is never one of ours.
   */
  readonly neutralProvider?: string
  /** What the body must look like when the host is unknown. `model`: the one that the path names, or empty. */
  readonly fits?: (body: JsonObject, model: string) => boolean
  /** The request asks for a stream. Absent: it does with `stream: true`. */
  readonly streams?: (body: JsonObject | null) => boolean
}

const always = () => true
const never = () => false
const unlessFalse = (body: JsonObject | null) => body?.stream !== false

const hasMessages = (body: JsonObject) =>
  toObjects(body.messages).length > 0 && toObjects(body.messages).every((item) => typeof item.role === 'string')
const hasModel = (body: JsonObject) => toText(body.model) !== null
const hasInput = (body: JsonObject) => hasModel(body) && (typeof body.input === 'string' || Array.isArray(body.input))
const hasPrompt = (body: JsonObject) =>
  hasModel(body) && (typeof body.prompt === 'string' || Array.isArray(body.prompt))
const hasContents = (body: JsonObject) => toObjects(body.contents).length > 0

const openai = 'openai'
const anthropic = 'anthropic'
const gemini = 'gcp.gemini'
const bedrock = 'aws.bedrock'
const cohere = ['cohere', 'azure.ai.inference']

/** By the last segment of the path, or by what follows its colon. Rules are tried in order. */
export const endpointRules = new Map<string, readonly EndpointRule[]>([
  [
    'completions',
    [
      {
        path: /\/chat\/completions$/,
        format: openaiChat,
        operation: 'chat',
        neutralProvider: openai,
        fits: hasMessages,
      },
      { path: /\/v1\/agents\/completions$/, format: openaiChat, operation: 'chat', providers: ['mistral_ai'] },
      { path: /\/fim\/completions$/, format: openaiChat, operation: 'text_completion', providers: ['mistral_ai'] },
      {
        path: /\/completions$/,
        format: openaiCompletions,
        operation: 'text_completion',
        neutralProvider: openai,
        fits: hasPrompt,
      },
    ],
  ],
  [
    'responses',
    [{ path: /\/responses$/, format: openaiResponses, operation: 'chat', neutralProvider: openai, fits: hasInput }],
  ],
  [
    'embeddings',
    [
      {
        path: /\/api\/embeddings$/,
        format: ollamaEmbed,
        operation: 'embeddings',
        providers: ['ollama'],
        streams: never,
      },
      {
        path: /\/embeddings$/,
        format: openaiEmbeddings,
        operation: 'embeddings',
        neutralProvider: openai,
        fits: hasInput,
        streams: never,
      },
    ],
  ],
  [
    'messages',
    [
      {
        path: /\/v1\/messages$/,
        format: anthropicMessages,
        operation: 'chat',
        neutralProvider: anthropic,
        fits: (body) => hasModel(body) && hasMessages(body) && toCount(body.max_tokens) !== null,
      },
    ],
  ],
  [
    'complete',
    [
      { path: /\/v1\/complete$/, format: anthropicComplete, operation: 'text_completion', providers: ['anthropic'] },
      { path: /\/cortex\/inference:complete$/, format: openaiChat, operation: 'chat', providers: ['snowflake'] },
    ],
  ],
  [
    'chat',
    [
      { path: /\/v1\/chat$/, format: openaiChat, operation: 'chat', providers: ['writer'] },
      {
        path: /\/v1\/chat$/,
        format: cohereChatV1,
        operation: 'chat',
        providers: cohere,
        neutralProvider: 'cohere',
        fits: fitsCohereChatV1,
      },
      {
        path: /\/v2\/chat$/,
        format: cohereChatV2,
        operation: 'chat',
        providers: cohere,
        neutralProvider: 'cohere',
        fits: fitsCohereChat,
      },
      {
        path: /\/api\/chat$/,
        format: ollamaChat,
        operation: 'chat',
        providers: ['ollama'],
        neutralProvider: 'ollama',
        fits: fitsOllamaChat,
        streams: unlessFalse,
      },
    ],
  ],
  [
    'generate',
    [
      { path: /\/v1\/generate$/, format: cohereGenerate, operation: 'text_completion', providers: cohere },
      {
        path: /\/api\/generate$/,
        format: ollamaGenerate,
        operation: 'text_completion',
        providers: ['ollama'],
        neutralProvider: 'ollama',
        fits: fitsOllamaGenerate,
        streams: unlessFalse,
      },
    ],
  ],
  [
    'embed',
    [
      { path: /\/v[12]\/embed$/, format: cohereEmbed, operation: 'embeddings', providers: cohere, streams: never },
      { path: /\/api\/embed$/, format: ollamaEmbed, operation: 'embeddings', providers: ['ollama'], streams: never },
    ],
  ],
  ['converse', [converse(never)]],
  ['converse-stream', [converse(always)]],
  ['invoke', [invoke(never)]],
  ['invoke-with-response-stream', [invoke(always)]],
  [
    'interactions',
    [
      {
        path: /\/v1(?:alpha|beta)?\d*\/interactions$/,
        format: geminiInteractions,
        operation: 'chat',
        providers: ['gcp.gemini', 'gcp.vertex_ai'],
      },
    ],
  ],
  ['generateContent', [generateContent(never)]],
  ['streamGenerateContent', [generateContent(always)]],
  ['embedContent', [embedContent()]],
  ['batchEmbedContents', [embedContent()]],
  [
    'predict',
    [
      {
        path: /\/publishers\/google\/models\/[^/]*embedding[^/]*:predict$/,
        format: vertexPredict,
        operation: 'embeddings',
        providers: ['gcp.vertex_ai'],
        streams: never,
      },
    ],
  ],
  ['rawPredict', rawPredict(never)],
  ['streamRawPredict', rawPredict(always)],
])

function converse(streams: () => boolean): EndpointRule {
  return {
    path: /\/model\/[^/]+\/converse(?:-stream)?$/,
    format: bedrockConverse,
    operation: 'chat',
    providers: [bedrock],
    neutralProvider: bedrock,
    fits: fitsConverse,
    streams,
  }
}

function invoke(streams: () => boolean): EndpointRule {
  return {
    path: /\/model\/[^/]+\/invoke(?:-with-response-stream)?$/,
    format: bedrockInvoke,
    operation: readInvokeKind,
    providers: [bedrock],
    neutralProvider: bedrock,
    fits: fitsInvoke,
    streams,
  }
}

function generateContent(streams: () => boolean): EndpointRule {
  return {
    path: /\/[^/]+:\w+$/,
    format: geminiGenerate,
    operation: 'chat',
    neutralProvider: gemini,
    fits: hasContents,
    streams,
  }
}

function embedContent(): EndpointRule {
  return {
    path: /\/models\/[^/]+:\w+$/,
    format: geminiEmbed,
    operation: 'embeddings',
    providers: ['gcp.gemini', 'gcp.vertex_ai'],
    streams: never,
  }
}

/** Models of other makers on Vertex AI. `count-tokens` is a pseudo model that counts and answers nothing. */
function rawPredict(streams: () => boolean): readonly EndpointRule[] {
  const providers = ['gcp.vertex_ai']
  return [
    {
      path: /\/publishers\/anthropic\/models\/(?!count-tokens:)[^/]+:\w+$/,
      format: anthropicMessages,
      operation: 'chat',
      providers,
      streams,
    },
    { path: /\/publishers\/mistralai\/models\/[^/]+:\w+$/, format: openaiChat, operation: 'chat', providers, streams },
  ]
}
