// SHA-256 as lower-case hex, of a text as UTF-8 or of bytes. A browser has sha256-text.browser.ts in its place (package.json).
import { hash } from 'node:crypto'

export function sha256Hex(bytes: string | Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}
