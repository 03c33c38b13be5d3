/** Spans and log records of every dialect, written by hand, with a canary in each attribute and event that holds content. */
export type Names = Readonly<Record<string, unknown>>

export interface DialectCase {
  readonly scope: string
  /** Without content. */
  readonly attributes: Names
  /** Attributes that hold content. */
  readonly content: Names
  readonly events?: readonly { readonly name: string; readonly attributes: Names }[]
  readonly spanName?: string
  /** A step of a trace and no call. */
  readonly isNode?: boolean
}

export const json = JSON.stringify
export const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 9,
  'gen_ai.usage.output_tokens': 5,
}
export const system = {
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.prompt_tokens': 9,
  'gen_ai.usage.completion_tokens': 5,
}
