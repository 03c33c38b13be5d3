/** `gen_ai.operation.name` and the words that are used in its place → a model call of its own, or a kind of node. */
import type { Operation } from '@inferometer/core/call'
import type { NodeKind } from '@inferometer/core/trace-node'

export type Step =
  | { readonly kind: 'call'; readonly operation: Operation }
  | { readonly kind: 'node'; readonly node: NodeKind }

const calls: Readonly<Record<Operation, readonly string[]>> = {
  chat: [
    'chat',
    'generate_content',
    'generate',
    'responses',
    'response',
    'llm.request',
    'realtime',
    'message',
    'messages',
    'chat.completions',
    'chat.streaming_completions',
    'chat_completion',
    'completion_with_retries',
    'acompletion',
    'aresponses',
    'anthropic_messages',
    'async_chat',
    'converse',
    'invoke_model',
  ],
  text_completion: [
    'text_completion',
    'completion',
    'text.completions',
    'text.streaming_completions',
    'atext_completion',
    'fim_completion',
  ],
  embeddings: ['embeddings', 'embedding', 'embed', 'aembedding'],
}

const nodes: Readonly<Partial<Record<NodeKind, readonly string[]>>> = {
  agent: ['invoke_agent', 'create_agent', 'agent'],
  tool: ['execute_tool', 'tool'],
  workflow: ['invoke_workflow', 'workflow', 'handle_conversation_turn'],
  chain: ['chain'],
  task: ['execute_task', 'task'],
  step: ['agent_step', 'step', 'plan', 'handoff', 'orchestrate_tools', 'decide', 'turn'],
  retrieval: ['retrieval', 'retrieve', 'retriever', 'vectordb', 'search'],
  rerank: ['rerank', 'arerank'],
  guardrail: ['guardrail', 'execute_guardrail'],
  evaluator: ['evaluate', 'evaluation'],
  prompt: ['prompt'],
  memory: [
    'search_memory',
    'create_memory',
    'update_memory',
    'upsert_memory',
    'delete_memory',
    'create_memory_store',
    'delete_memory_store',
  ],
}

const steps = new Map<string, Step>()
for (const operation of Object.keys(calls) as Operation[])
  for (const word of calls[operation]) steps.set(word, { kind: 'call', operation })
for (const node of Object.keys(nodes) as NodeKind[])
  for (const word of nodes[node] ?? []) steps.set(word, { kind: 'node', node })

/** What no table knows is a node: to count an unknown operation could count its children twice. */
export const unknownStep: Step = { kind: 'node', node: 'span' }

const stepsByPlainWord = new Map([...steps].map(([word, step]) => [toPlainWord(word), step]))

/** Undefined: not a word of the conventions or of any emitter known here. Case and the sign between words do not matter. */
export function findStep(word: string): Step | undefined {
  return steps.get(word) ?? stepsByPlainWord.get(toPlainWord(word))
}

function toPlainWord(word: string): string {
  return word.toLowerCase().replace(/[-. ]/g, '_')
}
