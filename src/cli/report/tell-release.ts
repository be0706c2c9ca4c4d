// What left after a beat, and what was called back, in words: who got what, who approved it, and whether what arrived is
// what was sent.
import { count } from '../terminal.ts'
import type { CaseBeat, CaseRecall, CaseRelease } from './case-report.ts'
import { dateWords, duration, fieldWords, listed, people, size } from './readable.ts'

export type ReleaseTelling = {
  headline: string
  facts: readonly { label: string; says: string }[]
  /** The recipient found what was sent, and as much of it as might leave. */
  agrees: boolean
  /** In full; the words have the first eight characters. */
  roots: CaseRelease['roots']
  folder: string
}

const fingerprintShown = 8

export function tellRelease({ release, released }: CaseBeat): ReleaseTelling | undefined {
  if (release === undefined) return undefined
  const problems = releaseProblems(release, released)
  return {
    headline: `${count(release.rows)} left, sealed, as release ${release.release}`,
    facts: [
      { label: 'who received it', says: release.recipient },
      { label: 'what', says: columnsTold(release) },
      { label: 'approved by', says: approvalTold(release) },
      {
        label: 'sealed',
        says: `To the recipient’s own key: nobody but the recipient can open it. ${size(release.sizeBytes)}.`,
      },
      {
        label: 'opened',
        says: problems.length === 0 ? openedTold(release) : `Please report this: ${problems.join(' ')}`,
      },
      { label: 'time', says: timeTold(release) },
    ],
    agrees: problems.length === 0,
    roots: release.roots,
    folder: release.folder,
  }
}

/** Sentences on what does not fit together; none when all of it does. */
export function releaseProblems({ rows, roots, opened }: CaseRelease, mayLeave: number): string[] {
  return [
    ...(rows === mayLeave ? [] : [`${count(rows)} rows left, and ${count(mayLeave)} might.`]),
    ...(opened.rows === rows
      ? []
      : [`The recipient counted ${count(opened.rows)} rows, and ${count(rows)} were sent.`]),
    ...(opened.released === roots.released
      ? []
      : [
          `The recipient computed the fingerprint ${fingerprint(opened.released)}, and ${fingerprint(roots.released)} was sent.`,
        ]),
    ...(opened.agrees ? [] : ['The recipient’s receipt does not say that everything it checked was right.']),
  ]
}

function columnsTold({ rows, columns }: CaseRelease): string {
  const told = columns.filter((name) => name !== 'fairshare_ref').map(fieldWords)
  const number = `${told.length} ${told.length === 1 ? 'column' : 'columns'}`
  return `${count(rows)} ${rows === 1 ? 'row' : 'rows'} of ${number}: ${listed(told)}. Beside each stands a reference by which that line can be called back.`
}

function approvalTold({ approvedBy, approvalRule }: CaseRelease): string {
  return approvalRule === 'second-person'
    ? `${approvedBy}, who is not the one who asked.`
    : `${approvedBy} alone, which the policy allows here and says why.`
}

function openedTold({ rows, roots }: CaseRelease): string {
  return `The recipient opened it with its own key, counted the same ${count(rows)} rows and computed the same fingerprint: ${fingerprint(roots.released)}.`
}

function timeTold({ seconds, reused }: CaseRelease): string {
  if (reused) return 'Made by an earlier run.'
  const { commit, shapeAndSeal, proof, deliver, open } = seconds
  return `Decide ${duration(commit)}, shape and seal ${duration(shapeAndSeal)}, proof and delivery ${duration(proof + deliver)}, open ${duration(open)}.`
}

function fingerprint(root: string): string {
  return root.slice(0, fingerprintShown)
}

export function tellRecall({ release, asked, removed, acknowledged, dueOn }: CaseRecall): string {
  const lines = `${count(asked)} ${asked === 1 ? 'line' : 'lines'}`
  const start = `${people(asked)} said stop after the file had left: ${lines} recalled from ${release}`
  if (!acknowledged) return `${start}, to be gone by ${dateWords(dueOn)}; no receipt yet.`
  const gone =
    removed === asked ? 'all removed' : `${count(removed)} removed, ${count(asked - removed)} not found there`
  return `${start}, ${gone}, receipt on record.`
}
