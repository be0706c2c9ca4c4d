// fairshare open: for a recipient. Opens a release or applies a removal, with a folder of keys and nothing else.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { removalFiles } from '../../evidence/release-documents.ts'
import { Problem } from '../../model/problem.ts'
import { applyRemoval, openRemoval } from '../../recipient/apply-removal.ts'
import { openDelivery, partFolder } from '../../recipient/open-delivery.ts'
import { keepTrust, recipientDesk, recipientKeysIn } from '../../service/recipient-desk.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { appliedLines, deliveryLines, removalLines } from '../report/delivery-report.ts'
import { atMost } from './argument-count.ts'

export const openCommand: Command = {
  name: 'open',
  summary: 'For a recipient: open a delivery, or apply a removal, and sign a receipt',
  usage: '<delivered folder> --key <folder> [--out <folder>] [--apply <folder>] [--trust <key>]',
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
      value: 'folder',
      says: 'of a removal: the folder with your records.csv or records.parquet',
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
    const isRemoval = await recipientDesk.files.exists(join(folder, removalFiles.manifest))
    return isRemoval ? runRemoval(invocation, folder, keyFolder) : runRelease(invocation, folder, keyFolder)
  },
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
  const into = optional(options.apply)
  if (into === undefined) {
    const { manifest } = await openRemoval(recipientDesk, keys, folder)
    if (options.json === true) terminal.printJson({ manifest, applied: false })
    else for (const line of removalLines(manifest)) terminal.print(line)
    return 1
  }
  const applied = await applyRemoval({ ...recipientDesk, now: configuration.now }, keys, { folder, into })
  if (options.json === true) terminal.printJson({ ...applied, applied: true })
  else for (const line of appliedLines(applied)) terminal.print(line)
  return 0
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
