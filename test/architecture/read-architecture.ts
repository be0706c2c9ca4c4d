// ARCHITECTURE.md as data: its table of rooms and its list of ports are what the tests enforce.
import { readFileSync } from 'node:fs'

export type Room = {
  /** Folder of src/, or a file directly in it. */
  name: string
  mayImport: readonly string[]
  libraries: readonly string[]
}

const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8')

export const rooms: readonly Room[] = [
  ...section('Rooms').matchAll(/^\| `([a-z.]+)\/?` \|[^|]*\|([^|]*)\|([^|]*)\|$/gm),
].map(([, name, mayImport, libraries]) => ({
  name: name!,
  mayImport: listed(mayImport!),
  libraries: listed(libraries!),
}))

/** Paths below src/ that adapters may import. */
export const ports: readonly string[] = [...section('Rooms').matchAll(/^- `([a-z/-]+\.ts)`: /gm)].map(
  ([, path]) => path!,
)

/** Every path the document names in backquotes, below src/ or the checkout. */
export const pathsNamed: readonly string[] = [
  ...new Set([...text.matchAll(/`([a-z][a-z0-9/.-]*(?:\/|\.ts))`/g)].map(([, path]) => path!)),
]

function section(title: string): string {
  const body = text.split(`\n## ${title}\n`)[1]
  if (body === undefined) throw new Error(`ARCHITECTURE.md has no section ${title}`)
  return body.split('\n## ')[0]!
}

function listed(cell: string): string[] {
  return cell.trim() === '–' ? [] : cell.split(',').map((name) => name.trim())
}
