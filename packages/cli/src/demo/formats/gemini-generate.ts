/** Gemini generateContent and streamGenerateContent. Thoughts are counted beside the candidates' tokens. */
import type { Answer, Asked } from '../answer.ts'
import { asArray, asCount, asObject, asText, collectText, type JsonObject } from '../json.ts'
import { type Problem, problemStatus } from '../scenario.ts'
import { type Format, type Frame, lead, sseEvent, token } from './format.ts'

const pathPattern = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/

function readGenerate(body: JsonObject, path: string): Asked {
  const [, model, method] = pathPattern.exec(path) ?? []
  const declarations = asArray(body.tools).flatMap((tool) => asArray(asObject(tool).functionDeclarations))
  return {
    model: model ?? 'unknown',
    streaming: method === 'streamGenerateContent',
    prompt: collectText([body.systemInstruction, body.contents]),
    toolNames: declarations.flatMap((declaration) => asText(asObject(declaration).name) ?? []),
    maxTokens: asCount(asObject(body.generationConfig).maxOutputTokens),
    usageWanted: true,
    inputCount: 1,
    base64: false,
  }
}

/** There is no reason for a tool call: it ends with STOP and a functionCall part. */
const finishReasons: Record<Answer['finish'], string> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
}

function chunkOf(answer: Answer, part: JsonObject, sent: { thoughts: number; output: number; last: boolean }) {
  const reasoning = sent.thoughts > 0 ? { thoughtsTokenCount: sent.thoughts } : {}
  return {
    candidates: [
      {
        content: { parts: [part], role: 'model' },
        ...(sent.last ? { finishReason: finishReasons[answer.finish] } : {}),
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: answer.inputTokens,
      candidatesTokenCount: sent.output,
      totalTokenCount: answer.inputTokens + sent.output + sent.thoughts,
      ...(answer.cacheReadTokens > 0 ? { cachedContentTokenCount: answer.cacheReadTokens } : {}),
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: answer.inputTokens }],
      ...reasoning,
    },
    modelVersion: answer.model,
    responseId: answer.id,
  }
}

function lastPart(answer: Answer): JsonObject {
  if (!answer.tool) return { text: answer.pieces.join('') }
  return { functionCall: { name: answer.tool.name, args: JSON.parse(answer.tool.argumentPieces.join('')) } }
}

function wholeAnswer(answer: Answer): JsonObject {
  const thoughts = answer.reasoningTokens
  return chunkOf(answer, lastPart(answer), { thoughts, output: answer.outputTokens - thoughts, last: true })
}

function answerFrames(answer: Answer): Frame[] {
  const frames: Frame[] = []
  answer.thoughts.forEach((text, i) => {
    frames.push(token(sseEvent(chunkOf(answer, { text, thought: true }, { thoughts: i + 1, output: 0, last: false }))))
  })
  const thoughts = answer.thoughts.length
  if (answer.tool) {
    frames.push(token(sseEvent(wholeAnswer(answer))))
    return frames
  }
  answer.pieces.forEach((text, i) => {
    const last = i === answer.pieces.length - 1
    frames.push(token(sseEvent(chunkOf(answer, { text }, { thoughts, output: i + 1, last }))))
  })
  return frames
}

const problemNames: Record<Problem, string> = {
  invalid_request: 'INVALID_ARGUMENT',
  auth: 'UNAUTHENTICATED',
  rate_limit: 'RESOURCE_EXHAUSTED',
  server: 'INTERNAL',
  overloaded: 'UNAVAILABLE',
}

function failBody(problem: Problem, message: string): JsonObject {
  return { error: { code: problemStatus[problem], message, status: problemNames[problem] } }
}

export const geminiGenerate: Format = {
  name: 'gemini.generate',
  matches: (path) => pathPattern.test(path),
  read: readGenerate,
  truth: (answer) => ({
    responseModel: answer.model,
    responseId: answer.id,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    cacheReadTokens: answer.cacheReadTokens > 0 ? answer.cacheReadTokens : null,
    cacheWriteTokens: null,
    reasoningTokens: answer.reasoningTokens > 0 ? answer.reasoningTokens : null,
    finishReason: answer.finish,
    finishReasonRaw: finishReasons[answer.finish],
  }),
  whole: wholeAnswer,
  stream: (answer) => ({ contentType: 'text/event-stream', frames: answerFrames(answer) }),
  fail: (problem, message) => ({ body: failBody(problem, message) }),
  streamError: (problem, message) => lead(sseEvent(failBody(problem, message))),
  headers: () => ({}),
}
