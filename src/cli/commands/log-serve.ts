// fairshare log serve: the published log over HTTP, until interrupted.
import { once } from 'node:events'
import { Problem } from '../../model/problem.ts'
import { startLogServer } from '../../service/log-server.ts'
import { openPublishedLog, publishedLogFolder } from '../../service/published-log.ts'
import { type Command, optional } from '../command.ts'
import { atMost } from './argument-count.ts'

const PORT_MAX = 65_535

export const logServeCommand: Command = {
  name: 'log serve',
  summary: 'Serve the published log over HTTP, read-only, until Ctrl-C',
  usage: '[--port <number>] [--host <address>]',
  example: 'log serve --port 8080',
  options: {
    port: { type: 'string', value: 'number', says: 'port to listen on (default 8080; 0 = any that is free)' },
    host: { type: 'string', value: 'address', says: 'address to listen on (default 127.0.0.1)' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'log serve takes options only')
    const port = readPort(optional(options.port) ?? '8080')
    const host = optional(options.host) ?? '127.0.0.1'
    // The folder only: the register stays free for whoever appends and publishes meanwhile.
    const server = await startLogServer(openPublishedLog(publishedLogFolder(configuration)), { host, port })
    if (options.json === true) terminal.printJson({ url: server.url })
    else terminal.print(`serving the log on ${server.url}  (Ctrl-C ends it)`)
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    await server.close()
    return 0
  },
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= PORT_MAX) return port
  throw new Problem('usage.invalid', `--port is a number up to ${PORT_MAX}`)
}
