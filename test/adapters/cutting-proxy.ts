// A way to a PostgreSQL server that breaks where a test wants it to: after so many bytes, or around a commit.
import { connect as connectTo, createServer, type Socket } from 'node:net'

/** How a connection ends. `commit-…`: before the commit reaches the server, right after it was sent, or once it was answered. */
export type Fate =
  | { cut: 'commit-unsent' | 'commit-sent' | 'commit-answered' }
  | { cut: 'after-bytes'; from: 'client' | 'server'; bytes: number }

export type CuttingProxy = {
  /** Of the same database, through the proxy. */
  url: string
  /** Connections that were cut, by how. */
  cuts: Map<Fate['cut'], number>
  close(): Promise<void>
}

/** Message `Q`, its length, and the statement: what the driver sends in one piece. */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1')

/** `fateOf` is asked for each new connection; undefined = it stays whole. */
export async function startCuttingProxy(
  target: string,
  fateOf: () => Fate | undefined,
): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const cuts: CuttingProxy['cuts'] = new Map()
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connectTo(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        // What was sent before still arrives.
        upstream.end()
      })
    }
    join(client, upstream, fateOf(), (cut) => cuts.set(cut, (cuts.get(cut) ?? 0) + 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target)
  url.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: url.href,
    cuts,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function join(
  client: Socket,
  upstream: Socket,
  fate: Fate | undefined,
  onCut: (cut: Fate['cut']) => void,
): void {
  let committing = false
  const left = { client: bytesOf(fate, 'client'), server: bytesOf(fate, 'server') }
  const cut = () => {
    if (fate !== undefined) onCut(fate.cut)
    client.destroy()
  }
  /** As much as may pass; the connection is cut when that was less than came. */
  const pass = (from: 'client' | 'server', to: Socket, bytes: Buffer) => {
    const passing = bytes.subarray(0, left[from])
    left[from] -= passing.length
    to.write(passing)
    if (left[from] === 0) cut()
  }
  client.on('data', (bytes) => {
    const commits = bytes.includes(COMMIT)
    if (commits && fate?.cut === 'commit-unsent') return cut()
    committing ||= commits
    pass('client', upstream, bytes)
    if (commits && fate?.cut === 'commit-sent') cut()
  })
  upstream.on('data', (bytes) => {
    if (committing && fate?.cut === 'commit-answered') return cut()
    if (!client.destroyed) pass('server', client, bytes)
  })
}

function bytesOf(fate: Fate | undefined, from: 'client' | 'server'): number {
  return fate?.cut === 'after-bytes' && fate.from === from ? fate.bytes : Number.POSITIVE_INFINITY
}
