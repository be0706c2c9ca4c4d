// The published log over HTTP, as C2SP tlog-tiles lays it out: static files, read-only, nothing else of the data folder.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Problem } from '../model/problem.ts'
import { type LogStore, mediaOf } from '../register/log-store.ts'

export type LogServer = { url: string; close(): Promise<void> }

/** Port 0 takes any that is free. */
export async function startLogServer(
  store: LogStore,
  { host, port }: { host: string; port: number },
): Promise<LogServer> {
  const server = createServer((request, response) => {
    answer(store, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Problem('value.invalid', `cannot listen on ${host} port ${port}`, { cause })),
    )
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${name}:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(store: LogStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    return
  }
  // Compared as it came: no escape and no dot has a meaning in these paths, so none leads anywhere.
  const path = request.url!.slice(1)
  const media = mediaOf(path)
  const bytes = media === undefined ? undefined : await store.read(path)
  if (media === undefined || bytes === undefined) {
    // What is not there yet may be published in a moment.
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
    response.end('Not found\n')
    return
  }
  response.writeHead(200, {
    'Content-Type': media.type,
    'Content-Length': bytes.length,
    'Cache-Control': media.changes ? 'no-cache' : 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
    // Whoever verifies may do so in a browser, from a page of his own.
    'Access-Control-Allow-Origin': '*',
  })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
