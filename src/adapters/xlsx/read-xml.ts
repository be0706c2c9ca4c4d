// XML of a workbook as events, with everything refused that makes a small file large or slow: document types and so entities of one's
// own, deep nesting, and long stretches in which nothing begins or ends. What the parser says of an error quotes the file, so it is dropped.
import { SaxesParser } from 'saxes'
import type { Refuse } from './unreadable.ts'

export type Attributes = Readonly<Record<string, string>>

export type XmlHandlers = {
  /** `depth` is 1 for the root; `name` is without the prefix of the root, so other vocabularies keep theirs. */
  open(name: string, attributes: Attributes, depth: number): void
  close?(name: string, depth: number): void
  text?(text: string): void
}

export type XmlSink = { write(bytes: Uint8Array): void; end(): void }

const DEPTH_MAX = 64
/** The longest cell is 32,767 characters, each at most ten bytes when it is written as a number. */
const SILENT_BYTES_MAX = 1 << 20

export function readXml(handlers: XmlHandlers, refuse: Refuse): XmlSink {
  const malformed = () => refuse('holds XML that cannot be read')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch {
      throw refuse('holds XML that is not UTF-8')
    }
  }
  const parser = new SaxesParser({ xmlns: false, position: false })
  let depth = 0
  let prefix = ''
  let silentBytes = 0
  parser.on('error', () => {
    throw malformed()
  })
  parser.on('doctype', () => {
    throw refuse('holds a document type, which no workbook has')
  })
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') throw malformed()
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
      throw refuse('holds XML that is not UTF-8')
  })
  parser.on('opentag', (tag) => {
    silentBytes = 0
    depth++
    if (depth > DEPTH_MAX) throw refuse('holds XML that is nested too deeply')
    if (depth === 1) prefix = tag.name.slice(0, tag.name.indexOf(':') + 1)
    handlers.open(withoutPrefix(tag.name, prefix), tag.attributes, depth)
  })
  parser.on('closetag', (tag) => {
    silentBytes = 0
    handlers.close?.(withoutPrefix(tag.name, prefix), depth)
    depth--
  })
  if (handlers.text !== undefined) {
    parser.on('text', handlers.text)
    parser.on('cdata', handlers.text)
  }
  return {
    write(bytes) {
      silentBytes += bytes.length
      parser.write(decode(bytes))
      if (silentBytes > SILENT_BYTES_MAX)
        throw refuse('holds a cell or a mark that is too long for a workbook')
    },
    end() {
      parser.write(decode())
      parser.close()
    },
  }
}

function withoutPrefix(name: string, prefix: string): string {
  return prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name
}
