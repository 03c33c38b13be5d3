/** One port for HTTP/1.1 and HTTP/2 without TLS: the AWS SDK speaks the latter from the first byte. */
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net'

export type AnyRequest = IncomingMessage | Http2ServerRequest
export type AnyResponse = ServerResponse | Http2ServerResponse
export type RequestHandler = (request: AnyRequest, response: AnyResponse) => void

export interface Listener {
  readonly port: number
  close(): Promise<void>
}

const http2Preface = 'PRI * HTTP/2'

/** Rejects when the port is taken. Port 0 takes a free one. */
export function listen(handle: RequestHandler, { host, port }: { host: string; port: number }): Promise<Listener> {
  const http1 = createHttp1(handle)
  const http2 = createHttp2(handle)
  const sockets = new Set<Socket>()
  const tcp = createTcp((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A client that goes away mid-answer is part of the play; the handler sees it as a closed response.
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.unshift(first)
      const server = first.toString('latin1', 0, http2Preface.length) === http2Preface ? http2 : http1
      server.emit('connection', socket)
      // HTTP/1 reads through stream events and was paused above; HTTP/2 takes the handle over.
      if (server === http1) socket.resume()
    })
  })
  const close = () =>
    new Promise<void>((resolve) => {
      tcp.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return new Promise((resolve, reject) => {
    tcp.once('error', reject)
    tcp.listen(port, host, () => resolve({ port: (tcp.address() as AddressInfo).port, close }))
  })
}
