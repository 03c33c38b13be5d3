/** Requests and answers of every wire format, written by hand from the providers' documentation, with a canary in each field that holds content. */

/** Plants a text at a place. */
export type Plant = (place: string) => string

export interface WireCase {
  readonly path: string
  readonly request: object
  readonly answer: object | Uint8Array | string
  readonly contentType?: string
}

/** A tool's arguments as models write them: JSON in text, an address behind a line end. */
export const toArguments = (text: string) => JSON.stringify({ note: `\n${text}`, list: [text] })
/** As files are attached. */
export const toDataUrl = (text: string) => `data:text/plain;base64,${Buffer.from(text).toString('base64')}`
export const sse = (events: readonly object[], named = false) =>
  events
    .map((event) => `${named && 'type' in event ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`)
    .join('')
export const eventStream = 'text/event-stream'
