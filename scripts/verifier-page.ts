// Makes the text of verifiers/verify.html: page, style and script in one file, which may load nothing and run nothing else.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { limits } from '../src/evidence/verify-file.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = join(root, 'verifiers', 'browser')

export const verifierPath = join(root, 'verifiers', 'verify.html')

/** The same text every time it is made from the same sources and libraries. */
export async function makeVerifierPage(): Promise<string> {
  const style = read('page.css')
  const script = await bundleForBrowser(join(folder, 'verify-page.ts'))
  // Neither may end the element it stands in; then what is hashed is what the browser reads.
  if (/<\/style/i.test(style) || /<\/script|<!--/i.test(script))
    throw new Error('a part of the page would end it')
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return filled(read('page.html'), [
    ['{{policy}}', policy],
    ['{{limits}}', limits],
    ['<style></style>', `<style>${style}</style>`],
    ['<script></script>', `<script>${script}</script>`],
  ])
}

/**
 * One script without imports; what it exports is in the global `name`, if it has one. Node's files make way for those that
 * package.json names for browsers.
 */
export async function bundleForBrowser(entry: string, name?: string): Promise<string> {
  const bundle = await rolldown({
    input: entry,
    cwd: root,
    platform: 'browser',
    // A built-in of Node that is left would be asked for when the page is opened: better to know now.
    onLog: (_, log) => {
      throw new Error(log.message)
    },
  })
  try {
    const { output } = await bundle.generate({
      format: 'iife',
      minify: true,
      comments: false,
      ...(name !== undefined && { name }),
    })
    if (output.length !== 1) throw new Error('a page has one script')
    return output[0].code
  } finally {
    await bundle.close()
  }
}

/** Every place once. The script comes last: nothing is looked for in it. */
function filled(template: string, parts: readonly [place: string, text: string][]): string {
  return parts.reduce((page, [place, text]) => {
    const [before, after, ...more] = page.split(place)
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(`the page has not one ${place}`)
    return `${before}${text}${after}`
  }, template)
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
