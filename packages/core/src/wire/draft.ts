import type { JsonObject } from './json.ts'
import { toText } from './json.ts'

export interface Failure {
  readonly type: string | null
  readonly code: string | null
  readonly message: string | null
}

/** A tool call while its pieces arrive. */
export interface ToolDraft {
  id: string | null
  name: string | null
  arguments: string | null
}

/** An answer while its events arrive. Wire formats fill it in; reader.ts makes the parts of the call from it. */
export class AnswerDraft {
  model: string | null = null
  id: string | null = null
  /** The usage object as sent; the last one, or the merged ones. */
  usage: JsonObject | null = null
  /** What the platform counted beside the model's own usage: Bedrock's invocation metrics. */
  metrics: JsonObject | null = null
  failure: Failure | null = null
  /** The terminal event of a stream arrived. */
  complete = false
  contentSeen = false
  /** The answer holds an item that the application must act on, in APIs whose finish reason does not say so. */
  awaitsTool = false
  /** Finish reasons as sent, by choice. */
  readonly finishReasons = new Map<number, string>()
  /** In order of arrival. */
  readonly tools: ToolDraft[] = []
  readonly #keepsContent: boolean
  /** Made when there is something to put in, as most answers need none of them. */
  #toolsByKey: Map<string, ToolDraft> | null = null
  #text: string[] | null = null
  #written: string[] | null = null

  constructor(keepsContent: boolean) {
    this.#keepsContent = keepsContent
  }

  /** Text of the first choice. */
  get text(): string | null {
    return this.#text === null ? null : this.#text.join('')
  }

  /** Everything the model wrote: text, reasoning and tool arguments of all choices, in order of arrival. */
  get written(): string {
    return this.#written?.join('') ?? ''
  }

  /** The first non-empty value of each counts. */
  identify(model: unknown, id: unknown): void {
    this.model ??= toText(model)
    this.id ??= toText(id)
  }

  addText(choice: number, value: unknown): void {
    if (typeof value !== 'string' || value === '') return
    this.contentSeen = true
    if (!this.#keepsContent) return
    if (choice === 0) {
      this.#text ??= []
      this.#text.push(value)
    }
    this.#note(value)
  }

  #note(value: string): void {
    this.#written ??= []
    this.#written.push(value)
  }

  /** Forgets content and tool calls: a terminal event repeats them whole. */
  restart(): void {
    this.#text = null
    this.#written = null
    this.tools.length = 0
    this.#toolsByKey = null
  }

  /** Content that is not the answer's text: reasoning, a refusal. */
  addAside(value: unknown): void {
    if (typeof value !== 'string' || value === '') return
    this.contentSeen = true
    if (this.#keepsContent) this.#note(value)
  }

  finish(choice: number, reason: unknown): void {
    const raw = typeof reason === 'number' ? String(reason) : toText(reason)
    if (raw !== null) this.finishReasons.set(choice, raw)
  }

  /** The tool call that a key stands for now. */
  findTool(key: string): ToolDraft | null {
    return this.#toolsByKey?.get(key) ?? null
  }

  /** The tool call of that key, made on first use. */
  tool(key: string): ToolDraft {
    return this.findTool(key) ?? this.addTool(key)
  }

  /** A new tool call, for which the key stands from now on. */
  addTool(key: string): ToolDraft {
    const tool: ToolDraft = { id: null, name: null, arguments: null }
    this.tools.push(tool)
    this.#toolsByKey ??= new Map()
    this.#toolsByKey.set(key, tool)
    return tool
  }

  nameTool(tool: ToolDraft, id: unknown, name: unknown): void {
    tool.id ??= toText(id)
    tool.name ??= toText(name)
    if (tool.name !== null) this.contentSeen = true
  }

  addArguments(tool: ToolDraft, value: unknown): void {
    if (typeof value !== 'string') return
    if (value !== '') this.contentSeen = true
    if (!this.#keepsContent) return
    tool.arguments = (tool.arguments ?? '') + value
    this.#note(value)
  }

  /** The tool call has all its pieces. One without any was called without arguments, which is an empty object. */
  closeTool(key: string): void {
    const tool = this.findTool(key)
    if (tool !== null && this.#keepsContent && !tool.arguments) tool.arguments = '{}'
  }

  /** Later fields overwrite earlier ones; null and absent ones do not. Counts are running totals and never added. */
  mergeUsage(usage: JsonObject): void {
    const known = Object.entries(usage).filter(([, value]) => value !== null)
    this.usage = { ...this.usage, ...Object.fromEntries(known) }
  }
}
