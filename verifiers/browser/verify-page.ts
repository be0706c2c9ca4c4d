// What verify.html does: takes files and a key, checks the files here, and writes down what was found. It asks no network for
// anything and keeps nothing; what stands in a file goes onto the page as text only.
import { type Check, firstFailure, placeText } from '../../src/evidence/check.ts'
import {
  type FileKind,
  type FileVerified,
  partOf,
  recogniseFile,
  signerNamed,
  unshown,
  verifyFile,
} from '../../src/evidence/verify-file.ts'
import type { KeptCheckpoint } from '../../src/evidence/verify-pack-log.ts'
import { encodeVerifierKey, type NoteVerifier, parseVerifierKey } from '../../src/log/signed-note.ts'
import { sha256Hex } from '../../src/model/canonical.ts'

type Given = { name: string; bytes: Uint8Array | undefined }

/** `verdict` in words; `holds` undefined when nothing could be checked. */
type Found = {
  given: Given
  holds: boolean | undefined
  verdict: string
  why?: string
  verified?: FileVerified
}

const kinds: Readonly<Record<FileKind, string>> = {
  'person receipt': 'person’s receipt',
  claim: 'claim',
  'recipient receipt': 'recipient’s receipt',
  'certificate of destruction': 'certificate of destruction',
  checkpoint: 'checkpoint',
  'key rotation': 'change of keys',
  reminder: 'reminder',
  'evidence pack': 'evidence pack',
}

const keyField = byId('key', HTMLInputElement)
const fileField = byId('files', HTMLInputElement)
const given: Given[] = []
/** Of two runs at once the later one counts: the earlier had another key, or fewer files. */
let run = 0

keyField.addEventListener('input', () => void checkAll())
fileField.addEventListener('change', () => {
  void take([...(fileField.files ?? [])])
  // The same file, chosen again after it was changed, is a change too.
  fileField.value = ''
})
byId('clear', HTMLButtonElement).addEventListener('click', () => {
  given.length = 0
  void checkAll()
  fileField.focus()
})
byId('print', HTMLButtonElement).addEventListener('click', () => window.print())
document.forms[0]?.addEventListener('submit', (event) => event.preventDefault())

// Anywhere on the page: a browser would otherwise open the file in the place of this page.
document.addEventListener('dragover', (event) => {
  event.preventDefault()
  document.body.classList.add('over')
})
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('over')
})
document.addEventListener('drop', (event) => {
  event.preventDefault()
  document.body.classList.remove('over')
  void take([...(event.dataTransfer?.files ?? [])])
})

async function take(files: readonly File[]): Promise<void> {
  given.unshift(...(await Promise.all(files.map(readFile))))
  await checkAll()
}

/** A folder, or a file that is gone, cannot be read. */
async function readFile(file: File): Promise<Given> {
  const bytes = await file.arrayBuffer().catch(() => undefined)
  return { name: file.name, bytes: bytes && new Uint8Array(bytes) }
}

async function checkAll(): Promise<void> {
  const mine = ++run
  const key = readKey()
  byId('found', HTMLElement).hidden = given.length === 0
  const summary = byId('summary', HTMLElement)
  const results = byId('results', HTMLElement)
  // What was found under another key must not stand beside this one.
  results.replaceChildren()
  summary.textContent = given.length > 0 ? 'Checking …' : ''
  const kept = key === undefined ? [] : checkpointsOf(key)
  const found: Found[] = []
  for (const file of given) {
    await turn()
    found.push(await check(file, key, kept))
    if (mine !== run) return
  }
  results.replaceChildren(...found.map((one) => resultElement(one, key)))
  summary.textContent = summaryWords(found)
}

/** Lets the page be painted before it is busy. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

// --- checking ----------------------------------------------------------------------------------------------------

function readKey(): NoteVerifier | undefined {
  const state = byId('key-state', HTMLElement)
  const text = keyField.value.trim()
  const key = text === '' ? undefined : keyOf(text)
  const bad = text !== '' && key === undefined
  keyField.setAttribute('aria-invalid', String(bad))
  state.className = bad ? 'state bad' : 'state good'
  state.textContent =
    key === undefined
      ? bad
        ? 'This is no verifier key: one is written name+id+key.'
        : ''
      : `Key of ${key.name}`
  return key
}

function keyOf(text: string): NoteVerifier | undefined {
  try {
    return parseVerifierKey(text)
  } catch {
    return undefined
  }
}

/** Checkpoints of this log among the files: the log in an evidence pack must go on from each. */
function checkpointsOf({ name: origin }: NoteVerifier): KeptCheckpoint[] {
  return given.flatMap(({ name, bytes }) =>
    bytes !== undefined && recogniseFile(bytes) === 'checkpoint' && signerNamed(bytes).origin === origin
      ? [{ name, note: bytes }]
      : [],
  )
}

async function check(
  file: Given,
  key: NoteVerifier | undefined,
  kept: readonly KeptCheckpoint[],
): Promise<Found> {
  const { name, bytes } = file
  if (bytes === undefined) return { given: file, holds: undefined, verdict: 'Could not be read.' }
  const what = recogniseFile(bytes)
  if (what === undefined)
    return {
      given: file,
      holds: undefined,
      verdict: 'Not a file this page can check.',
      why: [
        ...[partOf(bytes) ?? []].flat().map((part) => `${part}.`),
        'A whole delivery, a removal or a copy of a log is a folder: “fairshare verify” checks those.',
      ].join(' '),
    }
  if (key === undefined)
    return {
      given: file,
      holds: undefined,
      verdict: 'Not checked yet: there is no key.',
      why: whoseKey(what, bytes),
    }
  try {
    const verified = await verifyFile(what, bytes, key, name, { kept })
    const holds = firstFailure(verified.checks) === undefined
    return {
      given: file,
      holds,
      verdict: `The ${kinds[what]} ${holds ? 'holds.' : 'does not hold.'}`,
      verified,
    }
  } catch (error) {
    // What cannot be checked does not hold.
    const why = `The check itself broke off: ${error instanceof Error ? error.message : 'for no reason it gave'}.`
    return { given: file, holds: false, verdict: `The ${kinds[what]} could not be checked.`, why }
  }
}

function whoseKey(what: FileKind, bytes: Uint8Array): string {
  if (what === 'recipient receipt' || what === 'certificate of destruction')
    return 'It takes the key of the recipient who signed it.'
  if (what === 'evidence pack') return 'It takes the key of the register that made it.'
  const { origin } = signerNamed(bytes)
  return origin === undefined
    ? 'It takes the key of the register it is from.'
    : `It says that it is from ${origin}. Ask whoever keeps that register for its key.`
}

function summaryWords(found: readonly Found[]): string {
  const hold = found.filter(({ holds }) => holds === true).length
  const fail = found.filter(({ holds }) => holds === false).length
  const rest = found.length - hold - fail
  if (found.length === 0) return ''
  const parts = [
    ...(hold > 0 ? [`${hold} ${hold === 1 ? 'holds' : 'hold'}`] : []),
    ...(fail > 0 ? [`${fail} ${fail === 1 ? 'does' : 'do'} not hold`] : []),
    ...(rest > 0 ? [`${rest} not checked`] : []),
  ]
  return `${found.length} ${found.length === 1 ? 'file' : 'files'}: ${parts.join(', ')}.`
}

// --- writing down ------------------------------------------------------------------------------------------------

function resultElement(
  { given: { name, bytes }, holds, verdict, why, verified }: Found,
  key: NoteVerifier | undefined,
): HTMLElement {
  const article = element('article', `result ${holds === undefined ? '' : holds ? 'holds' : 'fails'}`)
  article.append(element('h3', '', name), element('p', 'verdict', verdict))
  if (why !== undefined) article.append(element('p', '', why))
  if (verified !== undefined) article.append(...verifiedElements(verified))
  if (bytes !== undefined && key !== undefined && holds !== undefined) article.append(madeElement(bytes, key))
  return article
}

/** On paper it has to say which file it was, under which key. */
function madeElement(bytes: Uint8Array, key: NoteVerifier): HTMLElement {
  const made = element('p', 'made')
  const at = new Date().toISOString().replace('T', ' ').slice(0, 16)
  for (const line of [
    `Checked on ${at} UTC, under the key ${encodeVerifierKey(key.name, key.publicKey)}`,
    `SHA-256 of the file: ${sha256Hex(bytes)}`,
  ])
    made.append(element('span', '', line))
  return made
}

function verifiedElements({ checks, says, doesNotSay }: FileVerified): HTMLElement[] {
  const holds = firstFailure(checks) === undefined
  if (!holds)
    return [
      element(
        'p',
        '',
        'Do not rely on this file. What comes after the first check that fails was not looked at.',
      ),
      ...part('What was checked', checkList(checks)),
    ]
  return [
    ...part('What it says', list(says, 'sentences strong')),
    ...part('What it does not show', list([...doesNotSay, unshown], 'sentences')),
    ...part('What was checked', checkList(checks)),
  ]
}

function part(title: string, content: HTMLElement): HTMLElement[] {
  return [element('h4', '', title), content]
}

function list(sentences: readonly string[], className: string): HTMLElement {
  const ul = element('ul', className)
  ul.append(...sentences.map((sentence) => element('li', '', sentence)))
  return ul
}

function checkList(checks: readonly Check[]): HTMLElement {
  const ol = element('ol', 'checks')
  ol.append(...checks.map(checkElement))
  return ol
}

function checkElement(check: Check): HTMLElement {
  const li = element('li', check.holds ? 'ok' : 'no')
  const words = element('span', 'what', check.what)
  if (!check.holds) {
    const place = element('span', 'place')
    place.append(element('span', 'wrong', `${placeText(check.place)}: ${check.found}`))
    words.append(place)
  }
  li.append(element('span', 'mark', check.holds ? 'ok' : 'NO'), words)
  return li
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag)
  if (className.trim() !== '') made.className = className.trim()
  made.append(
    ...text.split(/(\d{4}-\d\d-\d\d)/).map((part, index) => (index % 2 === 0 ? part : dateElement(part))),
  )
  return made
}

/** A date that is not broken at the end of a line. */
function dateElement(date: string): HTMLElement {
  const made = document.createElement('time')
  made.textContent = date
  return made
}

function byId<T extends HTMLElement>(id: string, type: { new (): T }): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`)
  return found
}
