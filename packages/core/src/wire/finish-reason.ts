import { type FinishReason, finishReasons } from '../call.ts'

const words: Record<FinishReason, readonly string[]> = {
  stop: [
    'stop',
    'end_turn',
    'stop_sequence',
    'eos',
    'eos_token',
    'endoftext',
    'complete',
    'completed',
    'finish',
    'finished',
    'end',
  ],
  length: [
    'length',
    'max_tokens',
    'max_output_tokens',
    'model_length',
    'max_length',
    'token_limit',
    'model_context_window_exceeded',
    'error_limit',
    'incomplete',
  ],
  tool_calls: ['tool_calls', 'tool_call', 'tool_use', 'function_call', 'requires_action'],
  content_filter: [
    'content_filter',
    'content_filtered',
    'refusal',
    'safety',
    'recitation',
    'blocklist',
    'prohibited_content',
    'spii',
    'image_safety',
    'image_prohibited_content',
    'image_recitation',
    'model_armor',
    'jailbreak',
    'guardrail_intervened',
    'intervened',
    'error_toxic',
    'sensitive',
  ],
  error: [
    'error',
    'failed',
    'timeout',
    'network_error',
    'insufficient_system_resource',
    'malformed_function_call',
    'malformed_response',
    'malformed_model_output',
    'malformed_tool_use',
    'unexpected_tool_call',
    'too_many_tool_calls',
  ],
  other: [],
}

const reasons = new Map<string, FinishReason>()
for (const reason of finishReasons) {
  for (const word of words[reason]) reasons.set(word, reason)
}

/** The provider's word in our spelling. What no table knows, `pause_turn` among it, is `other`. */
export function normalizeFinishReason(raw: string): FinishReason {
  return reasons.get(raw.toLowerCase()) ?? 'other'
}
