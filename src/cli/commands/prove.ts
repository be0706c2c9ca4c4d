// fairshare prove: one thing about one person, as one small file that anyone can check against the public log.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sayClaim } from '../../evidence/say-claim.ts'
import { sayEvent } from '../../evidence/say-event.ts'
import type { Claim } from '../../model/claim.ts'
import { Problem } from '../../model/problem.ts'
import type { Provable, ProvableEvent, ProvableOptions } from '../../rights/find-provable.ts'
import type { IssuedClaim } from '../../rights/issue-claim.ts'
import { claimsOf, provableOf } from '../../service/person-rights.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { wrap } from '../report/readable.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'
import { checkedOf, checkedOption } from './checked-option.ts'
import { personOf } from './statement-command.ts'
import { writeNew } from './write-new.ts'

export const proveCommand: Command = {
  name: 'prove',
  summary: 'One small file that proves one thing about one person: shown, answered, released, or not',
  usage:
    '--person <kind:reference> [--list | --notice <notice> | --event <position>/<place> | --release <id> | --all] [--checked <how>] [--out <path>]',
  example: 'prove --person member:M0000042 --notice form@2017-01 --out shown.json',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'whom it is about' },
    list: { type: 'boolean', says: 'what can be proved, and by which option; so too without a choice' },
    notice: { type: 'string', value: 'name@version', says: 'that this notice was shown, and when' },
    event: { type: 'string', value: 'position/place', says: 'one showing or answer, as --list numbers them' },
    release: {
      type: 'string',
      value: 'id',
      says: 'that the record was in this release, or was not, and why',
    },
    'without-reasons': { type: 'boolean', says: 'of a record withheld: that it was not in it, and not why' },
    all: { type: 'boolean', says: 'everything that can be proved, each as a file of its own' },
    checked: checkedOption,
    grounds: { type: 'boolean', says: 'also what says why the person must not be contacted' },
    out: {
      type: 'string',
      value: 'path',
      says: 'where to write it (default claim.json, with --all a folder claims); never overwritten',
    },
  },
  async run(invocation) {
    const { options, arguments: given } = invocation
    atMost(0, given, 'prove takes options only, such as --person')
    const choice = choiceOf(options)
    return choice === undefined ? list(invocation) : write(invocation, choice)
  },
}

type Options = Invocation['options']

// --- the list ----------------------------------------------------------------------------------------------------

async function list({ options, terminal, configuration }: Invocation): Promise<number> {
  const person = personOf(options)
  const all = await useExisting(configuration, (app) => provableOf(app, person, { grounds: true }))
  const shown = options.grounds === true ? all : all.filter((one) => !isGround(one))
  if (options.json === true) terminal.printJson({ provable: shown.map((one) => asJson(one, shown)) })
  else for (const line of listLines(shown, all.length - shown.length)) terminal.print(line)
  return 0
}

function listLines(provable: readonly Provable[], closed: number): string[] {
  const items = provable.flatMap((one) => [
    `  ${optionFor(one, provable)}`,
    ...wrap(saysOf(one), 100, '      '),
  ])
  return [
    ...(items.length === 0
      ? ['Nothing can be proved about this person yet.']
      : ['What can be proved about this person, each as one small file:', ...items]),
    ...(closed === 0
      ? []
      : [
          `${count(closed)} more, which would say why this person must not be contacted: --grounds lists all.`,
        ]),
  ]
}

function asJson(one: Provable, among: readonly Provable[]) {
  const says = saysOf(one)
  const option = optionFor(one, among)
  if ('release' in one) return { claim: one.claim, option, release: one.release, says }
  const { claim, position, ord, words } = one
  return { claim, option, position, ord, kind: words.kind, says }
}

function optionFor(one: Provable, among: readonly Provable[]): string {
  if (!('release' in one)) return `--event ${placeOf(one)}`
  const less = one.claim === 'not-released' && isWithheld(one.release, among)
  return `--release ${one.release}${less ? ' --without-reasons' : ''}`
}

function placeOf({ position, ord }: ProvableEvent): string {
  return `${position}/${ord}`
}

function isWithheld(release: string, among: readonly Provable[]): boolean {
  return among.some((one) => one.claim === 'withheld' && 'release' in one && one.release === release)
}

function saysOf(one: Provable): string {
  if (!('release' in one)) return sayEvent(one.fields, one.words, one.recordedAt)
  const which = `release ${one.release}, to ${one.words.recipient}`
  if (one.claim === 'released') return `This person’s record was in ${which}.`
  if (one.claim === 'withheld') return `This person’s record was considered for ${which}, and withheld.`
  return `This person’s record was not in ${which}.`
}

function isGround(one: Provable): boolean {
  return isEvent(one) && one.words.kind === 'protection'
}

// --- what is chosen ----------------------------------------------------------------------------------------------

type Choice = {
  /** What to look through. */
  only: ProvableOptions['only']
  many: boolean
  pick(provable: readonly Provable[]): readonly Provable[]
}

function choiceOf(options: Options): Choice | undefined {
  const [notice, event, release] = ['notice', 'event', 'release'].map((name) =>
    options[name] === undefined ? undefined : required(options[name], `the value of --${name}`),
  )
  const all = options.all === true
  const given = [notice, event, release].filter((value) => value !== undefined).length + (all ? 1 : 0)
  if (given > 1 || (given === 1 && options.list === true))
    throw new Problem('usage.invalid', 'one of --list, --notice, --event, --release and --all at a time')
  const unexplained = options['without-reasons'] === true
  if (unexplained && release === undefined && !all)
    throw new Problem('usage.invalid', '--without-reasons goes with --release or --all')
  if (notice !== undefined) return { only: 'events', many: false, pick: (from) => showingOf(from, notice) }
  if (event !== undefined) return { only: 'events', many: false, pick: eventAt(event) }
  const pick = (from: readonly Provable[]) => from.filter((one) => isWanted(one, from, unexplained))
  if (release !== undefined) return { only: { release }, many: false, pick }
  return all ? { only: undefined, many: true, pick } : undefined
}

function showingOf(provable: readonly Provable[], notice: string): Provable[] {
  const showings = provable
    .filter(isEvent)
    .filter(({ claim, words }) => claim === 'shown' && words.notice === notice)
  if (showings.length === 0)
    throw new Problem('claim.not_provable', `nobody recorded that this person was shown ${notice}`)
  if (showings.length > 1)
    throw new Problem(
      'usage.invalid',
      `it was shown ${showings.length} times, choose one: --event ${showings.map(placeOf).join(', --event ')}`,
    )
  return showings
}

function eventAt(place: string): Choice['pick'] {
  if (!/^[1-9]\d{0,15}\/\d{1,10}$/.test(place))
    throw new Problem('usage.invalid', '--event takes a position and a place in it, such as 12/0')
  return (provable) => {
    const found = provable.filter(isEvent).filter((one) => placeOf(one) === place)
    if (found.length > 0) return found
    throw new Problem('claim.not_provable', `there is no event of this person at ${place} that --list shows`)
  }
}

function isEvent(one: Provable): one is ProvableEvent {
  return !('release' in one)
}

/** Of a record that was withheld, either that and why, or no more than that it was not in the release. */
function isWanted(one: Provable, among: readonly Provable[], unexplained: boolean): boolean {
  if (isEvent(one) || one.claim === 'released') return true
  return one.claim === (isWithheld(one.release, among) && !unexplained ? 'withheld' : 'not-released')
}

// --- what is written ---------------------------------------------------------------------------------------------

async function write({ options, terminal, configuration }: Invocation, choice: Choice): Promise<number> {
  const person = personOf(options)
  const { only } = choice
  const asked = {
    grounds: options.grounds === true,
    checked: checkedOf(options),
    ...(only !== undefined && { only }),
  }
  const claims = await useExisting(configuration, (app) => claimsOf(app, person, choice.pick, asked))
  const out = optional(options.out) ?? (choice.many ? 'claims' : 'claim.json')
  if (choice.many && claims.length > 0) await newFolder(out)
  const written: Written[] = []
  for (const claim of claims) {
    const file = choice.many ? join(out, fileName(claim.provable)) : out
    await writeNew(file, claim.text)
    written.push(writtenOf(file, claim))
  }
  if (options.json === true) terminal.printJson({ claims: written })
  else for (const line of writtenLines(written)) terminal.print(line)
  return 0
}

async function newFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (cause) {
    if (existsSync(path)) throw new Problem('out.exists', `${path} is there already`)
    throw new Problem('usage.invalid', `--out: a new folder cannot be made at ${path}`, { cause })
  }
}

function fileName(one: Provable): string {
  const of = 'release' in one ? one.release.replaceAll(/[^\w@.-]/g, '-') : `${one.position}-${one.ord}`
  return `${one.claim}-${of}.json`
}

type Written = {
  file: string
  sizeBytes: number
  claim: Claim['claim']
  says: string[]
  holdsSecret: boolean
  verifierKey: string
}

function writtenOf(file: string, { text }: IssuedClaim): Written {
  // Our own text, made a moment ago.
  const claim = JSON.parse(text) as Claim
  return {
    file,
    sizeBytes: Buffer.byteLength(text),
    claim: claim.claim,
    says: sayClaim(claim).says,
    holdsSecret: 'secret' in claim,
    verifierKey: claim.register.verifierKey,
  }
}

function writtenLines(written: readonly Written[]): string[] {
  const [first] = written
  if (first === undefined) return ['Nothing can be proved about this person yet.']
  return [
    ...written.flatMap(({ file, sizeBytes, says }) => [
      `Wrote ${file} (${count(sizeBytes)} bytes):`,
      ...says.flatMap((line) => wrap(line, 100, '  ')),
    ]),
    'Anyone can check it without this register:',
    `  fairshare verify "${first.file}" --key "${first.verifierKey}"`,
    'The person takes that key from your website or a letter of yours, not from the file: a file vouches for itself.',
    ...(written.some(({ holdsSecret }) => holdsSecret)
      ? [
          'What is about a release holds the secret that opens what the public log says of this person: give it to that person',
          'and to nobody else.',
        ]
      : ['It opens this, and nothing else that the public log holds of this person.']),
  ]
}
