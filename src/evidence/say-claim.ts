// What a verified claim says, in sentences for whoever is shown it, and what it cannot say.

import type { Claim, ClaimRow, EventClaim, ReleaseClaim } from '../model/claim.ts'
import type { Instant } from '../model/instant.ts'
import { instantToIso } from '../model/instant.ts'
import { dayOf, daysBetween, daysOf, joinedBefore } from './evidence-lag.ts'
import { sayEvent, shown } from './say-event.ts'
import {
  entryOf,
  recordedAtOf,
  type Said,
  sayAfterwards,
  sayReasons,
  wasToStay,
  whatRecordsLack,
  whichRelease,
} from './say-receipt.ts'

/** Of a claim that was verified; of any other it means nothing. */
export function sayClaim(claim: Claim): Said {
  return 'event' in claim ? sayEventClaim(claim) : sayReleaseClaim(claim)
}

// --- an event ----------------------------------------------------------------------------------------------------

function sayEventClaim(claim: EventClaim): Said {
  const { event, issued, subject } = claim
  const { fields, words, logged, enrolledAt, notice } = event
  const recordedAt = recordedAtOf(logged.entry)
  return {
    says: [
      sayEvent(fields, words, recordedAt),
      ...(notice === undefined ? [] : [`The text of that notice has the SHA-256 ${notice.sha256}.`]),
      joinedBefore([fields], enrolledAt, shownIssue(claim)) ?? sayChecked(claim),
      sayIssued(claim),
    ],
    doesNotSay: [
      `Whose enrolment number ${subject} is: that person’s receipt shows it, or a claim about a release.`,
      whatRecordsLack,
      'What else was recorded: something later may say the opposite. The person’s receipt has all of it.',
      `The names in it, when the person was enrolled, and the day it was issued (${shown(issued.at.slice(0, 10))}) are the register’s word, under its signature.`,
    ],
  }
}

// --- a release ---------------------------------------------------------------------------------------------------

function sayReleaseClaim(claim: ReleaseClaim): Said {
  const { release } = claim
  const sealedAt = recordedAtOf(release.sealed.logged.entry)
  return {
    says: [
      sayRows(claim, sealedAt),
      ...(claim.claim === 'withheld' ? [sayReasons(release.rows.slice(0, -1))] : []),
      ...sayLateEnrolment(claim, sealedAt),
      sayChecked(claim),
      sayIssued(claim),
    ],
    doesNotSay: [
      ...(claim.claim === 'released' ? whatRowsLack : whatAbsenceLacks),
      'The names in it, and what became of the release after it was sealed, are the register’s word, under its signature.',
    ],
  }
}

const whatRowsLack = ['What the columns of the released rows said: the recipient, who has them, can show it.']

const whatAbsenceLacks = [
  'That the person was not in the release under another enrolment, of which the log would say when it was made.',
  'That these are the trees that counted: a release that was amended before it left has an earlier sealed document too, and that one may be shown.',
]

function sayRows({ claim, release }: ReleaseClaim, sealedAt: Instant): string {
  const which = whichRelease(release)
  const sealed = `, sealed on ${dayOf(sealedAt)}`
  if (claim === 'released') {
    const left = release.rows.filter(({ released }) => released.commitment !== undefined).length
    return `This person’s record was in the ${which}${sealed}: ${rowsOf(left)}.${sayAfterwards(release.words)}`
  }
  const considered = consideredIn(release.rows)
  if (claim === 'withheld')
    return `This person’s record (${rowsOf(considered)}) was considered for the ${which}${sealed}, and ${wasToStay(release.rows) ? 'withheld' : 'is not in what was sealed'}.`
  return `This person’s record was not in the ${which}${sealed}${considered === 0 ? ', and was not considered for it' : ''}.`
}

/** The last row shows that there is no such row. */
function consideredIn(rows: readonly ClaimRow[]): number {
  return rows.length - 1
}

function rowsOf(count: number): string {
  return `${count} ${count === 1 ? 'row' : 'rows'}`
}

/** Of somebody enrolled since, that this enrolment was not in the release says nothing about an earlier one. */
function sayLateEnrolment({ enrolment, release }: ReleaseClaim, sealedAt: Instant): string[] {
  const { position, recordedAt: enrolledAt } = entryOf(enrolment.logged.entry)
  if (enrolledAt <= sealedAt)
    return position > decidedAt(release) ? [sayEnrolledAfterDecision(enrolledAt)] : []
  const days = daysBetween(sealedAt, enrolledAt)
  const after = days < 1 ? 'after' : `${daysOf(days)} after`
  return [
    `This enrolment was made ${after} the release was sealed, at ${instantToIso(enrolledAt)}: it cannot have been in it, and an earlier one of the same person can.`,
  ]
}

function sayEnrolledAfterDecision(enrolledAt: Instant): string {
  return `This enrolment was made at ${instantToIso(enrolledAt)}, before the release was sealed and after it was decided: it cannot have been considered, and an earlier one of the same person can.`
}

/** The position of the decision stands at the end of the id of its release. */
function decidedAt({ release }: ReleaseClaim['release']): number {
  const [, position] = /@([1-9]\d*)$/.exec(release) ?? []
  return position === undefined ? Number.POSITIVE_INFINITY : Number(position)
}

// --- who asked ---------------------------------------------------------------------------------------------------

function sayChecked({ issued }: Claim): string {
  const checked = issued.checked === undefined ? 'nobody recorded it' : shown(issued.checked)
  return `How it was made sure who asked for this: ${checked}.`
}

function sayIssued({ register, issued, subject }: Claim): string {
  return `The register ${shown(register.origin)} issued this on ${shown(issued.at.slice(0, 10))} about the person it enrolled as number ${subject}.`
}

function shownIssue({ issued }: Claim): Claim['issued'] {
  return issued.checked === undefined ? issued : { at: issued.at, checked: shown(issued.checked) }
}
