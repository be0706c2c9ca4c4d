// Names of files in an evidence pack: those that every system reads as the same file in the same folder, and no others.

/** What is wrong with a name; undefined when it may be in a pack. In words that follow the name. */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'is empty'
  if (path.length > PATH_CHARACTERS_MAX) return 'is too long a name'
  if (!/^[\x20-\x7e]*$/.test(path)) return 'has control characters or letters beyond ASCII'
  if (path.includes('\\')) return 'has a backslash'
  if (path.startsWith('/')) return 'is an absolute path'
  if (/^[A-Za-z]:/.test(path)) return 'begins with a drive'
  if (path.endsWith('/')) return 'is a folder'
  return path
    .split('/')
    .map(partFault)
    .find((fault) => fault !== undefined)
}

/** The first name that is another one as well, where case is not told apart, or the folder of another. */
export function clashingPath(paths: readonly string[]): { path: string; fault: string } | undefined {
  const seen = new Set<string>()
  const folders = new Set<string>()
  for (const path of paths) {
    const plain = path.toLowerCase()
    if (seen.has(plain)) return { path, fault: 'is there twice' }
    seen.add(plain)
    for (let at = plain.indexOf('/'); at >= 0; at = plain.indexOf('/', at + 1))
      folders.add(plain.slice(0, at))
  }
  const both = paths.find((path) => folders.has(path.toLowerCase()))
  return both === undefined ? undefined : { path: both, fault: 'is a file and a folder' }
}

/** A name somebody may have made up, fit for a terminal. */
export function shownPath(path: string): string {
  const shown = path.slice(0, 120).replaceAll(/[^\x21-\x7e]/g, '?')
  return shown === '' ? '(no name)' : shown
}

const PATH_CHARACTERS_MAX = 400

/** Windows opens a device under these names, in every folder and with any ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

function partFault(part: string): string | undefined {
  if (part === '') return 'has an empty part'
  if (part === '..' || part === '.') return 'leads out of its folder'
  if (/[. ]$/.test(part)) return 'has a part that ends in a dot or a space'
  if (!/^[A-Za-z0-9._@+-]+$/.test(part)) return 'has a character that no name in a pack has'
  return DEVICE.test(part) ? 'is the name of a device' : undefined
}
