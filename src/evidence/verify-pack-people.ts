// people.csv of a release: one line for each record considered, added up against what was decided, committed and sealed, and
// against the days on which the log says that anything was entered.
import { peopleHeader } from '../model/evidence-pack.ts'
import { type Outcome, outcomes } from '../model/verdict.ts'
import { NotHeld } from './check.ts'
import { count, members, readDocument, type Shape } from './document-shape.ts'
import { dayOf, isDate } from './evidence-lag.ts'
import type { SampleTaker } from './sample-rule.ts'
import type { PackLog } from './verify-pack-log.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'
import type { PackRelease } from './verify-pack-releases.ts'

export type LineOutcome = Outcome | 'removed'

export type PersonLine = {
  /** In people.csv, 1 being the header. */
  line: number
  notice: string
  /** yyyy-mm-dd, UTC; empty, as `grade` is, when there is no notice. */
  shown: string
  recorded: string
  grade: string
  outcome: LineOutcome
}

export type PeopleOfRelease = {
  lines: number
  people: number
  outcomes: Record<LineOutcome, number>
  grades: Record<string, number>
  /** Lines by how many days after the showing it was entered. */
  lag: { ahead: number; sameDay: number; within30: number; later: number }
  /** Lines that go by a showing, by the day it was entered. */
  recordedOn: ReadonlyMap<string, number>
  notices: ReadonlySet<string>
  /** Lines of those asked for, by subject commitment. */
  wanted: ReadonlyMap<string, PersonLine[]>
}

export const peoplePath = (release: string) => `releases/${release}/people.csv`

/** Undefined where the manifest says that it is not enclosed. */
export async function checkPeople(
  pack: OpenedPack,
  log: PackLog,
  release: PackRelease,
  sample: SampleTaker,
  wanted: ReadonlySet<string>,
): Promise<PeopleOfRelease | undefined> {
  const path = peoplePath(release.release)
  if (!pack.has(path)) {
    if (!pack.leaves('people', release.release))
      throw new NotHeld(path, undefined, 'is not there, and not named as left out')
    // Of a release with nobody in it nothing was made that a receipt could be compared with.
    if (pack.manifest.sample !== undefined && release.commit.body.members !== undefined)
      throw new NotHeld(path, undefined, 'is left out, though the sample is drawn from it')
    return undefined
  }
  const tally = new Tally(path, wanted)
  for (const { line, text } of linesOf(path, await pack.read(path))) tally.add(line, text, sample)
  const people = tally.counted()
  checkSums(path, people, tally.leaving, release)
  checkDays(path, tally, log, release)
  checkNotices(pack, path, people)
  await checkSummary(pack, release.release, people)
  return people
}

// --- lines -------------------------------------------------------------------------------------------------------

const LINE =
  /^([0-9a-f]{64}),([^,"\r]*),(\d{4}-\d{2}-\d{2})?,(\d{4}-\d{2}-\d{2})?,([ABC])?,(deny|review|transform|allow|removed)$/

function* linesOf(path: string, bytes: Uint8Array): Generator<{ line: number; text: string }> {
  const all = decode(path, bytes)
  if (!all.endsWith('\n')) throw new NotHeld(path, 'its last line', 'is not whole')
  let at = 0
  for (let line = 1; at < all.length; line++) {
    const end = all.indexOf('\n', at)
    const text = all.slice(at, end)
    at = end + 1
    if (line > 1) yield { line, text }
    else if (text !== peopleHeader) throw new NotHeld(path, 'line 1', 'is not the header')
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new NotHeld(path, undefined, 'is not UTF-8')
  }
}

/** Adds up a file of any length while it is read: a million lines are never kept. */
class Tally {
  readonly #path: string
  readonly #wanted: ReadonlySet<string>
  readonly #found = new Map<string, PersonLine[]>()
  readonly #recordedOn = new Map<string, number>()
  /** Different people whose showing was entered on a day. */
  readonly peopleOn = new Map<string, number>()
  readonly #daysOfSubject = new Set<string>()
  readonly #outcomes = { deny: 0, review: 0, transform: 0, allow: 0, removed: 0 }
  readonly #grades: Record<string, number> = { A: 0, B: 0, C: 0 }
  readonly #lag = { ahead: 0, sameDay: 0, within30: 0, later: 0 }
  readonly #notices = new Set<string>()
  readonly #lagOf = new Map<string, keyof PeopleOfRelease['lag']>()
  #subject = ''
  #people = 0
  #lines = 0
  #subjectLeaves = false
  /** Different people with a line that was to leave. */
  leaving = 0

  constructor(path: string, wanted: ReadonlySet<string>) {
    this.#path = path
    this.#wanted = wanted
  }

  add(line: number, text: string, sample: SampleTaker): void {
    const [, subject = '', notice = '', shown = '', recorded = '', grade = '', outcome] =
      LINE.exec(text) ?? []
    if (outcome === undefined) throw new NotHeld(this.#path, `line ${line}`, 'is not of the known form')
    this.#next(line, subject, sample)
    this.#lines++
    this.#outcomes[outcome as LineOutcome]++
    if ((outcome === 'transform' || outcome === 'allow') && !this.#subjectLeaves) {
      this.#subjectLeaves = true
      this.leaving++
    }
    const given = [notice, shown, recorded, grade].filter((cell) => cell !== '').length
    if (given !== 0 && given !== 4)
      throw new NotHeld(
        this.#path,
        `line ${line}`,
        'has a notice without its showing, or the other way round',
      )
    if (given === 4) this.#goesBy(line, { notice, shown, recorded, grade })
    if (this.#wanted.has(subject)) {
      const lines = this.#found.get(subject) ?? []
      lines.push({ line, notice, shown, recorded, grade, outcome: outcome as LineOutcome })
      this.#found.set(subject, lines)
    }
  }

  counted(): PeopleOfRelease {
    return {
      ...{ lines: this.#lines, people: this.#people, outcomes: this.#outcomes, grades: this.#grades },
      ...{ lag: this.#lag, recordedOn: this.#recordedOn, notices: this.#notices, wanted: this.#found },
    }
  }

  #next(line: number, subject: string, sample: SampleTaker): void {
    if (subject === this.#subject) return
    // Out of order, one person could stand in two places and be counted as two.
    if (subject < this.#subject) throw new NotHeld(this.#path, `line ${line}`, 'is out of order')
    this.#subject = subject
    this.#people++
    this.#subjectLeaves = false
    this.#daysOfSubject.clear()
    sample.offer(subject)
  }

  #goesBy(line: number, { notice, shown, recorded, grade }: Omit<PersonLine, 'line' | 'outcome'>): void {
    this.#notices.add(notice)
    this.#grades[grade]!++
    this.#recordedOn.set(recorded, (this.#recordedOn.get(recorded) ?? 0) + 1)
    if (!this.#daysOfSubject.has(recorded)) {
      this.#daysOfSubject.add(recorded)
      this.peopleOn.set(recorded, (this.peopleOn.get(recorded) ?? 0) + 1)
    }
    const pair = `${shown} ${recorded}`
    const lag = this.#lagOf.get(pair) ?? lagBetween(shown, recorded)
    if (lag === undefined) throw new NotHeld(this.#path, `line ${line}`, 'has a date that does not exist')
    this.#lagOf.set(pair, lag)
    this.#lag[lag]++
  }
}

function lagBetween(shown: string, recorded: string): keyof PeopleOfRelease['lag'] | undefined {
  if (!isDate(shown) || !isDate(recorded)) return undefined
  const days = (Date.parse(recorded) - Date.parse(shown)) / 86_400_000
  // What is known by the day ends at midnight, and so may bear the next date.
  if (days < -1) return 'ahead'
  if (days < 1) return 'sameDay'
  return days <= 30 ? 'within30' : 'later'
}

// --- sums --------------------------------------------------------------------------------------------------------

/** The figures of three documents that were logged at three times, and of the rows that left. */
function checkSums(
  path: string,
  people: PeopleOfRelease,
  leaving: number,
  { decision, commit, amended, sealed }: PackRelease,
): void {
  const { considered, members } = commit.body
  if (people.lines !== considered)
    throw new NotHeld(path, undefined, `has ${people.lines} lines, and ${considered} were considered`)
  const left = amended.at(-1)?.body.members ?? members ?? 0
  if (leaving !== left)
    throw new NotHeld(path, undefined, `lets ${leaving} people leave, and ${left} were left of the members`)
  const rows = people.outcomes.transform + people.outcomes.allow
  if (sealed !== undefined && rows !== sealed.body.members)
    throw new NotHeld(path, undefined, `lets ${rows} records leave, and ${sealed.body.members} were sealed`)
  if (decision === undefined) return
  const decided = decision.body.outcomes
  if (rows > decided.transform + decided.allow)
    throw new NotHeld(path, undefined, 'lets more records leave than were decided to')
  if (!isAsDecided(commit.body, decision.body)) return
  for (const outcome of ['deny', 'review'] as const)
    if (people.outcomes[outcome] !== decided[outcome])
      throw new NotHeld(
        path,
        `outcome ${outcome}`,
        `is there ${people.outcomes[outcome]} times, and ${decided[outcome]} were decided`,
      )
}

/** Nobody was taken out, and nothing judged again, between decision and commit. */
function isAsDecided(
  commit: PackRelease['commit']['body'],
  decision: NonNullable<PackRelease['decision']>['body'],
): boolean {
  return (
    commit.members !== undefined &&
    commit.removedSinceDecision === 0 &&
    commit.artefact.sha256 === decision.artefactSha256
  )
}

function checkDays(path: string, tally: Tally, log: PackLog, { commit, decision }: PackRelease): void {
  const looked = log.batches[(decision?.body.position ?? commit.document.position) - 1]
  if (looked === undefined) throw new NotHeld(path, undefined, 'is of a decision beyond the log')
  const last = dayOf(looked.recordedAt)
  for (const [day, people] of tally.peopleOn) {
    if (day > last) throw new NotHeld(path, `recorded ${day}`, 'is after what the decision looked at')
    const events = log.eventsOn.get(day) ?? 0
    if (people > events)
      throw new NotHeld(
        path,
        `recorded ${day}`,
        `is said of ${people} people, and the log has ${events} events of that day`,
      )
  }
}

function checkNotices(pack: OpenedPack, path: string, { notices }: PeopleOfRelease): void {
  for (const notice of notices)
    if (!pack.has(`policy/notice/${notice}.json`) && !pack.leaves('body', `notice/${notice}`))
      throw new NotHeld(path, `notice ${notice}`, 'is not enclosed, and not named as left out')
}

const summaryOutcomes = members<Record<LineOutcome, number>>(
  { deny: count, review: count, transform: count, allow: count, removed: count },
  {},
)

async function checkSummary(pack: OpenedPack, release: string, people: PeopleOfRelease): Promise<void> {
  const path = `releases/${release}/summary.json`
  if (!pack.has(path)) throw new NotHeld(path, undefined, 'is not there')
  const { value, fault } = readDocument(await pack.read(path), withOutcomes)
  if (fault !== undefined) throw new NotHeld(path, fault.at, fault.found)
  const wrong = [...outcomes, 'removed' as const].find((one) => value.outcomes[one] !== people.outcomes[one])
  if (wrong !== undefined)
    throw new NotHeld(path, `outcomes.${wrong}`, `is not what ${peoplePath(release)} adds up to`)
}

const withOutcomes: Shape<{ outcomes: Record<LineOutcome, number> }> = (value, at) =>
  typeof value === 'object' && value !== null && 'outcomes' in value
    ? summaryOutcomes(value.outcomes, at === '' ? 'outcomes' : `${at}.outcomes`)
    : { at: 'outcomes', found: 'is missing' }
