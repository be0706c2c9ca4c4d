// What an evidence pack proves once every check holds, in sentences with figures, and what it does not. The figures are those
// that a story made up afterwards cannot avoid: when things were entered, how much at once, and what is not shown.
import { toHex } from '../log/bytes.ts'
import { isWhole } from '../model/custody.ts'
import { type Instant, instantFromIso, instantToIso } from '../model/instant.ts'
import { dayOf } from './evidence-lag.ts'
import type { PackFound, PackOptions } from './pack-found.ts'
import { bodyOf, rotatedShape } from './pack-shapes.ts'
import { shown } from './say-event.ts'
import type { Destroyed } from './verify-pack-destroyed.ts'
import { notOpened } from './verify-pack-documents.ts'
import type { Batch } from './verify-pack-log.ts'
import type { RecipientKey, RecipientSaid } from './verify-pack-opened.ts'
import type { PeopleOfRelease } from './verify-pack-people.ts'
import type { PackRelease } from './verify-pack-releases.ts'

export function saysOf(found: PackFound, { enquiry }: PackOptions): string[] {
  const asked = Math.min(...found.releases.map(({ askedAt }) => askedAt))
  const since: Moment[] = [
    ...(Number.isFinite(asked)
      ? [{ day: dayOf(asked), at: asked, what: 'the question was first asked' }]
      : []),
    ...(enquiry === undefined
      ? []
      : [{ day: enquiry, at: instantFromIso(`${enquiry}T00:00:00Z`) - 1, what: 'the enquiry began' }]),
  ]
  return [
    ...sayLog(found),
    ...sayKept(found),
    ...sayBefore(found),
    ...sayDocuments(found),
    ...found.releases.flatMap((release) => sayRelease(found, release, since)),
    ...since.map((moment) => sayEntered(found.log.batches, moment)),
    ...sayLargest(found.log.batches),
    ...sayPersons(found),
    ...sayKeys(found),
  ]
}

export function doesNotSayOf(found: PackFound): string[] {
  const { pack, releases, people, kept, unruled } = found
  const { manifest } = pack
  return [
    'That what the recipient has is what was released here: its receipt and rows tie the register to what was sent.',
    'That everything was recorded, that what was recorded is true, or that nobody was enrolled twice.',
    ...(people.size > 0
      ? [
          manifest.sample === undefined
            ? 'That the lines of people.csv are true: they add up, and are the register’s word. Ask for a sample with a seed of your own.'
            : 'That the lines of people.csv are true of those who are not in the sample: they add up, and are the register’s word.',
        ]
      : []),
    ...lackOfSample(found),
    ...(kept.some(({ larger }) => !larger)
      ? []
      : ['That this is the only history of the log: compare a checkpoint that somebody else kept (--kept).']),
    ...lackOfComparison(found),
    ...unruled.map(
      (release) =>
        `Whether ${shown(release)} needed a second person: the rule of its approval was not looked at, as that policy is not enclosed.`,
    ),
    ...(releases.length > 0
      ? [
          'Whose the keys of approvers and recipients are: the register put them on record. Ask each of them for the key.',
        ]
      : []),
    ...(releases.some(({ decision }) => decision === undefined)
      ? [
          'How many were decided how: that decision is not enclosed, as it could tell a person a ground that is kept from everybody.',
        ]
      : []),
    'That index.html, README.txt and the other words say the same: they are signed, and made from what was checked here.',
    'Anything by the verifiers enclosed: take one from elsewhere.',
    ...manifest.left.map((line) => `Left out, as its manifest says: ${shown(line)}`),
  ]
}

function lackOfSample({ pack, people, before }: PackFound): string[] {
  if (pack.manifest.sample === undefined) return []
  const chosen = 'That the seed was chosen by whoever asks'
  if (before !== undefined || people.size === 0)
    return [`${chosen}, after this tree was published: know that yourself.`]
  return [
    `${chosen}: know that yourself.`,
    'That people.csv was not written after the seed was known: ask for a pack without a sample first, name the seed when you have it, and compare both (--before).',
  ]
}

function lackOfComparison({ uncompared: { linked, treesGone }, log }: PackFound): string[] {
  const links = log.batches.filter(({ kind }) => kind === 'links').length
  return [
    ...(linked > 0
      ? [
          `What ${count(linked, 'line')} of the sample go by: the receipts have no such showing. It may be one to another enrolment of the same person, as the log has ${count(links, 'document')} of pairs; which pairs, nobody is handed.`,
        ]
      : []),
    ...(treesGone > 0
      ? [
          `What became of ${count(treesGone, 'record')} of the persons enclosed: the trees of that release are not kept.`,
        ]
      : []),
  ]
}

// --- the log -----------------------------------------------------------------------------------------------------

function sayLog({ log, pack }: PackFound): string[] {
  const [first, last] = [log.batches[0], log.batches.at(-1)]
  if (first === undefined || last === undefined) return []
  const span = `the first of ${dayOf(first.recordedAt)}, the last of ${instantToIso(last.recordedAt)}`
  return [
    `The log ${shown(pack.manifest.register.origin)} has ${count(log.size, 'entry', 'entries')}, ${span}; its root is ${toHex(log.root)}.`,
  ]
}

function sayKept({ kept }: PackFound): string[] {
  return kept.map(({ name, size, larger }) =>
    larger
      ? `${shown(name)} is of ${count(size, 'entry', 'entries')}, more than the pack has: whether they are one history cannot be seen from here.`
      : `The log begins with the ${count(size, 'entry', 'entries')} that ${shown(name)} is of: one history.`,
  )
}

function sayBefore({ before }: PackFound): string[] {
  if (before === undefined) return []
  const { name, recordedAt, lists } = before
  return [
    `${shown(name)}, as of ${shown(recordedAt)}, has ${lists === 1 ? 'the same people.csv' : `the same ${lists} files people.csv`}, byte for byte: none was written after it.`,
  ]
}

function sayDocuments({ documents, log }: PackFound): string[] {
  const closed = notOpened(documents, log)
  const all = closed.reduce((sum, one) => sum + one.count, 0)
  const kinds = closed.map((one) => `${one.count} ${shown(one.kind)}`).join(', ')
  const opened = `Of the log’s documents ${documents.all.length} are enclosed, each as it was logged`
  return [all === 0 ? `${opened}; there are no others.` : `${opened}; not opened here are ${all}: ${kinds}.`]
}

/** What was entered after a moment, whatever it is said to be about. */
function sayEntered(batches: readonly Batch[], { day, at, what }: Moment): string {
  const after = batches
    .map((batch, index) => ({ ...batch, position: index + 1 }))
    .filter(({ recordedAt }) => recordedAt > at)
  const events = after.reduce((sum, batch) => sum + batch.events, 0)
  const enrolled = after.reduce((sum, batch) => sum + batch.enrolled, 0)
  const largest = after.reduce((most, batch) => (batch.events > (most?.events ?? 1) ? batch : most), after[0])
  const atOnce =
    largest !== undefined && largest.events > 1
      ? `, ${largest.events} of them at once (${placeOf(largest)})`
      : ''
  return `Since ${what} (${day}) the log has ${count(events, 'event')} entered${atOnce}, and ${count(enrolled, 'person', 'people')} enrolled.`
}

function sayLargest(batches: readonly Batch[]): string[] {
  const all = batches.map((batch, index) => ({ ...batch, position: index + 1 }))
  const largest = all.reduce((most, batch) => (batch.events > (most?.events ?? 0) ? batch : most), all[0])
  if (largest === undefined || largest.events === 0) return []
  return [`The most that was ever entered at once is ${count(largest.events, 'event')}: ${placeOf(largest)}.`]
}

function placeOf({ kind, position, recordedAt }: Batch & { position: number }): string {
  return `${shown(kind)}, position ${position}, ${dayOf(recordedAt)}`
}

// --- releases ----------------------------------------------------------------------------------------------------

/** `at`: what was recorded later than this instant came after it. */
type Moment = { day: string; at: Instant; what: string }

function sayRelease(
  { people, recipients }: PackFound,
  release: PackRelease,
  since: readonly Moment[],
): string[] {
  const counted = people.get(release.release)
  const id = shown(release.release)
  return [
    sayCourse(id, release),
    sayApproval(id, release),
    ...sayRecipient(id, release, recipients.get(release.release)),
    ...(counted === undefined ? [] : [sayOutcomes(id, counted), sayEvidence(id, counted)]),
    ...(counted === undefined ? [] : since.map((moment) => sayLate(id, counted, moment))),
  ]
}

function sayCourse(
  id: string,
  { commit, amended, sealed, delivered, abandoned, removals }: PackRelease,
): string {
  const on = (document: { recordedAt: number }) => dayOf(document.recordedAt)
  const taken = amended.reduce((sum, { body }) => sum + body.removed, 0)
  const steps = [
    commit.body.members === undefined
      ? `closed with nobody in it on ${on(commit.document)}`
      : `committed on ${on(commit.document)} with ${count(commit.body.members, 'person', 'people')}`,
    ...(taken > 0 ? [`${taken} taken out again before anything left`] : []),
    ...(sealed === undefined
      ? ['not sealed']
      : [`${count(sealed.body.members, 'record')} sealed on ${on(sealed.document)}`]),
    ...(abandoned === undefined ? [] : [`given up on ${on(abandoned)}`]),
    ...(delivered === undefined ? ['not delivered'] : [`delivered on ${on(delivered)}`]),
    ...(removals.length > 0 ? [`${count(removals.length, 'removal')} sent after it`] : []),
  ]
  return `${id}: ${steps.join('; ')}.`
}

function sayApproval(id: string, { approval: { statement, approver, onRecord } }: PackRelease): string {
  const asked = shown(statement.requestedBy)
  const on = dayOf(statement.approvedAt)
  const key = `with a key that ${shown(onRecord.actor)} put on record on ${dayOf(onRecord.recordedAt)}`
  if (statement.rule === 'sole-person')
    return `${id}: ${shown(approver.name)} approved it alone on ${on}, ${key} (${asked} had asked for it), because: ${shown(statement.because ?? '')}`
  return `${id}: ${shown(approver.name)} approved it on ${on}, ${key}; ${asked} had asked for it.`
}

function sayRecipient(id: string, { sealed }: PackRelease, said: RecipientSaid | undefined): string[] {
  if (sealed === undefined || said === undefined) return []
  const disputed = said.disputed.map(
    ({ recordedAt }) =>
      `${id}: the recipient signed that it found other rows than were sealed (${dayOf(recordedAt)}).`,
  )
  const destroyed = said.destroyed.map((one) => `${id}: ${sayDestroyed(one)}`)
  if (said.opened.length === 0)
    return [
      ...disputed,
      `${id}: no receipt of the recipient is enclosed: what arrived is not known.`,
      ...destroyed,
    ]
  return [
    ...disputed,
    `${id}: the recipient signed that it opened ${count(sealed.body.members, 'row')}, and that they lead to the root that was sealed${sayKey(said.key)}.`,
    ...destroyed,
  ]
}

function sayDestroyed({ document, by, statement }: Destroyed): string {
  const on = dayOf(document.recordedAt)
  if (statement === undefined)
    return `its destruction was recorded on ${on} on the word of ${shown(by)}; the recipient signed nothing that is enclosed.`
  const media = count(statement.media.length, 'medium', 'media')
  const left = isWhole(statement) ? '' : '; backups held it still'
  return `the recipient signed, by ${shown(statement.certifiedBy.name)}, that it destroyed it on ${dayOf(statement.destroyedAt)} on ${media}${left} (recorded ${on}).`
}

/** The operator can make a key for a recipient: ask the recipient. */
function sayKey(key: RecipientKey | undefined): string {
  if (key === undefined) return ''
  const { verifierKey, onRecord, verified } = key
  return `, with the key ${shown(verifierKey)} that ${shown(onRecord.actor)} put on record on ${dayOf(onRecord.recordedAt)}, and that answered a challenge on ${dayOf(verified.recordedAt)}`
}

function sayOutcomes(id: string, { lines, people, outcomes }: PeopleOfRelease): string {
  const { deny, review, transform, allow, removed } = outcomes
  const left = `${transform + allow} were to leave (${transform} of them reduced)`
  const stayed = `${deny} denied, ${review} waiting for a person, ${removed} taken out again`
  return `${id}: ${count(lines, 'record')} of ${count(people, 'person', 'people')} considered; ${left}, ${stayed}.`
}

function sayEvidence(id: string, { lines, lag, grades, recordedOn }: PeopleOfRelease): string {
  const by = [...recordedOn.values()].reduce((sum, number) => sum + number, 0)
  const { ahead, sameDay, within30, later } = lag
  const when = `${sameDay} recorded within a day of it, ${within30} within 30 days, ${later} more than 30 days after it is said to have happened`
  const early = ahead === 0 ? '' : `, ${ahead} before it`
  const grade = `${grades.A} of grade A, ${grades.B} of B, ${grades.C} of C`
  return `${id}: ${by} of ${lines} go by a showing of a notice: ${when}${early}; ${grade}.`
}

/** people.csv has days: what was entered on the day itself may have been entered before the question or after it. */
function sayLate(id: string, { recordedOn }: PeopleOfRelease, { day, what }: Moment): string {
  let later = 0
  let sameDay = 0
  for (const [recorded, lines] of recordedOn) {
    if (recorded > day) later += lines
    if (recorded === day) sameDay += lines
  }
  return `${id}: ${later} go by a showing that was entered after ${day}, when ${what}; ${sameDay} by one that was entered on that day.`
}

// --- persons and keys --------------------------------------------------------------------------------------------

function sayPersons({ pack, persons, uncompared, erased }: PackFound): string[] {
  const { sample, scope } = pack.manifest
  if ('subject' in scope)
    return [
      'The receipt of the person asked about holds, and says what the register gave out of that person: all of it, or less than it holds.',
    ]
  if (sample === undefined) return []
  const fewer = sample.size - persons.length
  const destroyed = `the log says that the keys of ${count(erased.destroyed, 'person', 'people')} were destroyed`
  const gone =
    fewer > 0
      ? `; ${fewer} fewer than asked for, as there are no more or their keys were destroyed (named so: ${erased.named}; ${destroyed})`
      : ''
  return [
    `The receipts of ${count(persons.length, 'person', 'people')} are enclosed, those whom the seed “${shown(sample.seed)}” picks${gone}. ${sayAgreement(persons.length, uncompared.people)}`,
  ]
}

function sayAgreement(persons: number, uncompared: number): string {
  if (persons === 0) return 'Nothing that is said of anybody was compared with a receipt.'
  if (uncompared === 0) return 'All of them agree with what is said of them.'
  if (uncompared === persons) return `None of the ${persons} could be compared in all that is said of them.`
  return `${persons - uncompared} of the ${persons} were compared in all that is said of them, and agree.`
}

function sayKeys({ documents }: PackFound): string[] {
  const rotations = documents.of('key.rotated')
  if (rotations.length === 0) return []
  return rotations.map((document) => {
    const { why } = bodyOf(document, rotatedShape).statement
    const day = dayOf(document.recordedAt)
    if (why === 'stolen')
      return `The register changed its signing key on ${day}, as the one before was stolen: what that key signed afterwards may be somebody else’s.`
    return `The register changed its signing key on ${day}${why === 'lost' ? ', as the one before was lost' : ''}.`
  })
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
