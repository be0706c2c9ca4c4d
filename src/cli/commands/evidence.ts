// fairshare evidence: one archive for a regulator, a court or a person, that opens and verifies without us.

import type { PackAsked } from '../../accountability/pack-parts.ts'
import { type DateNumber, dateFromIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import { type WrittenPack, writeEvidencePack } from '../../service/evidence-pack.ts'
import type { App } from '../../service/open-app.ts'
import { subjectOf } from '../../service/person-rights.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, optional } from '../command.ts'
import { evidencePage } from '../report/evidence-page.ts'
import { size } from '../report/readable.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'
import { personOf } from './statement-command.ts'

export const evidenceCommand: Command = {
  name: 'evidence',
  summary:
    'Write an evidence pack: what was shared with whom, why, and the proofs, for somebody outside to check',
  usage:
    '(--release <id> | --person <kind:reference> | --period <from>..<to>) [--sample <n> --seed <text>] [--out <file>]',
  example: 'evidence --release 3-acorn-post@41 --sample 20 --seed "ICO 2018-07-02"',
  options: {
    release: { type: 'string', value: 'id', says: 'about one release' },
    person: { type: 'string', value: 'kind:reference', says: 'about one person, and for that person' },
    period: {
      type: 'string',
      value: 'from..to',
      says: 'about every release committed from the first to the last of these days',
    },
    sample: { type: 'string', value: 'n', says: 'enclose the receipts of so many of its people' },
    seed: {
      type: 'string',
      value: 'text',
      says: 'what the sample is drawn by; whoever asks for the pack chooses it',
    },
    out: { type: 'string', value: 'file', says: 'file to write (default evidence-….zip, by the scope)' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'evidence takes options only, such as --release')
    const asked = readAsked(options)
    const out = optional(options.out)
    const written = await useExisting(configuration, async (app) =>
      writeEvidencePack(app, await resolved(app, asked), {
        ...(out !== undefined && { out }),
        page: evidencePage,
        onStep: (step) => terminal.progress(step),
      }),
    )
    if (options.json === true) terminal.printJson(jsonOf(written))
    else for (const line of linesOf(written)) terminal.print(line)
    return 0
  },
}

/** A person by a reference, which nobody but the register can turn into a number. */
type Asked = Pick<PackAsked, 'sample'> & {
  scope: Exclude<PackAsked['scope'], { subject: number }> | { person: ReturnType<typeof personOf> }
}

function readAsked(options: Invocation['options']): Asked {
  const [release, period] = [optional(options.release), optional(options.period)]
  const ways = [release, period, optional(options.person)].filter((way) => way !== undefined)
  if (ways.length !== 1)
    throw new Problem('usage.invalid', 'say what it is to be about: one of --release, --person, --period')
  const sample = sampleOf(options)
  return {
    scope:
      release !== undefined
        ? { release }
        : period !== undefined
          ? periodOf(period)
          : { person: personOf(options) },
    ...(sample && { sample }),
  }
}

async function resolved({ register }: App, { scope, ...rest }: Asked): Promise<PackAsked> {
  return { ...rest, scope: 'person' in scope ? { subject: await subjectOf(register, scope.person) } : scope }
}

function sampleOf(options: Invocation['options']): PackAsked['sample'] | undefined {
  if (options.seed === '')
    throw new Problem('usage.invalid', '--seed is empty: whoever asks for the sample names it')
  const [size, seed] = [optional(options.sample), optional(options.seed)]
  if (size === undefined && seed === undefined) return undefined
  if (size === undefined || seed === undefined)
    throw new Problem('usage.invalid', '--sample and --seed go together')
  if (!/^[1-9][0-9]{0,8}$/.test(size)) throw new Problem('usage.invalid', '--sample is a number of people')
  return { size: Number(size), seed }
}

function periodOf(text: string): { from: DateNumber; to: DateNumber } {
  const [, from, to] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text) ?? []
  if (from === undefined || to === undefined)
    throw new Problem('usage.invalid', '--period is two days, such as 2018-01-01..2018-06-30')
  const period = { from: dateFromIso(from), to: dateFromIso(to) }
  if (period.to < period.from) throw new Problem('usage.invalid', '--period ends before it begins')
  return period
}

function jsonOf({ path, sha256, sizeBytes, receipts, manifest }: WrittenPack) {
  const { scope, sample, asOf, releases, left, files } = manifest
  return { path, sha256, sizeBytes, scope, sample, asOf, releases, receipts, files: files.length, left }
}

function linesOf({ path, sha256, sizeBytes, receipts, manifest }: WrittenPack): string[] {
  const { releases, files, asOf, register, left } = manifest
  const told = (number: number, one: string) => `${count(number)} ${one}${number === 1 ? '' : 's'}`
  return [
    `Wrote ${path} (${size(sizeBytes)}): ${told(releases.length, 'release')}, ${told(receipts, 'receipt')}, ${told(files.length, 'file')}, as of entry ${count(asOf.size)}.`,
    `SHA-256 ${sha256}: the same question about the same register gives the same bytes.`,
    ...left.map((line) => `Not in it: ${line}`),
    'Whoever gets it opens index.html, and checks it without this register:',
    `  fairshare verify "${path}" --key "${register.verifierKey}"`,
    'README.txt in it says who may have it: its people are pseudonyms, and receipts open the people they are of.',
  ]
}
