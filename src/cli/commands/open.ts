// fairshare open: for a recipient. Opens a release or applies a removal, with a folder of keys and nothing else.
import { rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { releaseFiles, removalFiles } from '../../evidence/release-documents.ts'
import { Problem } from '../../model/problem.ts'
import { applyRemoval, openRemoval } from '../../recipient/apply-removal.ts'
import { openDelivery, partFolder } from '../../recipient/open-delivery.ts'
import type { Copy } from '../../recipient/remove-lines.ts'
import { keepTrust, recipientDesk, recipientKeysIn } from '../../service/recipient-desk.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { appliedLines, deliveryLines, removalLines } from '../report/delivery-report.ts'
import { atMost } from './argument-count.ts'

export const openCommand: Command = {
  name: 'open',
  summary: 'For a recipient: open a delivery, or apply a removal, and sign a receipt',
  usage: '<delivered folder> --key <folder> [--out <folder>] [--apply <copy>] [--trust <key>]',
  example: 'open "3-acorn-post@41" --key acorn-keys',
  options: {
    key: { type: 'string', value: 'folder', says: 'the folder `fairshare key new` made' },
    out: {
      type: 'string',
      value: 'folder',
      says: 'where the records go (default: opened, in the delivered folder)',
    },
    apply: {
      type: 'string',
      value: 'copy',
      says: 'of a removal: the folder with your records.csv, .parquet or .xlsx, or a file with its lines',
    },
    trust: {
      type: 'string',
      value: 'key',
      says: 'the sender’s verifier key, once you have asked the sender for it',
    },
  },
  async run(invocation) {
    const { arguments: given, options } = invocation
    atMost(1, given, 'open takes one folder')
    const folder = required(given[0], '<delivered folder>')
    const keyFolder = required(options.key, '--key <folder>')
    // A folder that is not there is a typing error, and no tampering.
    if (!(await recipientDesk.files.exists(folder))) throw new Problem('file.missing', folder)
    if (await holdsOneOf(folder, removalFiles)) return runRemoval(invocation, folder, keyFolder)
    if (!(await holdsOneOf(folder, releaseFiles)))
      throw new Problem(
        'file.missing',
        `${folder} is not a delivery: it has no ${releaseFiles.manifest} and no ${removalFiles.manifest}`,
      )
    if (options.apply !== undefined)
      throw new Problem('usage.invalid', '--apply is for a removal; this is a release')
    return runRelease(invocation, folder, keyFolder)
  },
}

/** A delivery from which one file is missing is one that was tampered with. */
async function holdsOneOf(folder: string, names: Readonly<Record<string, string>>): Promise<boolean> {
  const there = Object.values(names).map((name) => recipientDesk.files.exists(join(folder, name)))
  return (await Promise.all(there)).includes(true)
}

async function runRelease(
  { options, terminal, configuration }: Invocation,
  folder: string,
  keyFolder: string,
): Promise<number> {
  const trust = optional(options.trust)
  const keys = await recipientKeysIn(keyFolder, trust)
  const out = optional(options.out) ?? join(folder, 'opened')
  const forget = wipeWhenStopped(join(out, partFolder))
  const opened = await openDelivery({ ...recipientDesk, now: configuration.now }, keys, {
    folder,
    out,
  }).finally(forget)
  if (trust !== undefined) await keepTrust(keyFolder, opened.manifest)
  if (options.json === true) terminal.printJson(opened)
  else for (const line of deliveryLines(opened)) terminal.print(line)
  return 0
}

async function runRemoval(
  { options, terminal, configuration }: Invocation,
  folder: string,
  keyFolder: string,
): Promise<number> {
  const keys = await recipientKeysIn(keyFolder, optional(options.trust))
  const copy = optional(options.apply)
  if (copy === undefined) {
    const { manifest } = await openRemoval(recipientDesk, keys, folder)
    if (options.json === true) terminal.printJson({ manifest, applied: false })
    else for (const line of removalLines(manifest)) terminal.print(line)
    return 0
  }
  const desk = { ...recipientDesk, now: configuration.now }
  const applied = await applyRemoval(desk, keys, { folder, ...placeOf(copy) })
  if (options.json === true) terminal.printJson({ ...applied, applied: true })
  else for (const line of appliedLines(applied)) terminal.print(line)
  return 0
}

function placeOf(copy: string): Copy {
  const stat = statSync(copy, { throwIfNoEntry: false })
  if (stat === undefined) throw new Problem('file.missing', copy)
  return stat.isDirectory() ? { into: copy } : { into: dirname(copy), file: basename(copy) }
}

/** Whoever stops the program while rows are being checked leaves no plain row behind. */
function wipeWhenStopped(part: string): () => void {
  const stop = (signal: NodeJS.Signals) => {
    rmSync(part, { recursive: true, force: true })
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  return () => {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}
