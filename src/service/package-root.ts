// Where this package lies on disk: the checkout, or the folder it is installed in.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder that holds src/ and examples/ of this program: the checkout itself, or the compiled copy in dist/. */
export const programRoot = new URL('../../', import.meta.url)

/** The folder of package.json, and so of sql/, which is not compiled. */
export const packageRoot = existsSync(new URL('package.json', programRoot))
  ? programRoot
  : new URL('../', programRoot)

/** Path of a file or folder below one of the two. */
export function pathBelow(root: URL, relative: string): string {
  return fileURLToPath(new URL(relative, root))
}

export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as {
    version: string
  }
  return version
}
