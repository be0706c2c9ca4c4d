// One release in an evidence pack: asked, decided, approved, shown, sent, in this order, with figures.
import type {
  ApprovalStory,
  DeterminationStory,
  Moment,
  NoticeStory,
  PackStory,
  ReasonStory,
  ReleaseStory,
} from '../../accountability/pack-story.ts'
import { gradeWords, type LagCounts, type ReleaseFigures } from '../../accountability/release-figures.ts'
import type { Authority, Question } from '../../decide/rule.ts'
import type { NamedHow } from '../../model/certificate.ts'
import { documentPath } from '../../model/evidence-pack.ts'
import { dateToIso, type Instant } from '../../model/instant.ts'
import { grades } from '../../model/vocabulary.ts'
import { count } from '../terminal.ts'
import { html, type Markup, Markup as Raw } from './markup.ts'
import { dateWords, day, fieldWords, listed } from './readable.ts'

export function evidenceRelease(release: ReleaseStory, { zone }: PackStory): Markup {
  return html`<section class="part" aria-label="${release.release}">
<p class="eyebrow">Release ${release.release}</p>
<h2>${release.title}</h2>
${askedPart(release)}
${release.figures === undefined ? '' : recordsPart(release, release.figures)}
<h3>Who decided</h3>
<div class="notes">${approvalNote(release.approval, zone)}${release.determinations.map((one) => determinationNote(one, zone))}${fileNote(release)}</div>
<p class="small quiet">Judged by the rules of ${listed(release.packs.map(({ title, enclosed }) => (enclosed ? title : `${title} (worded differently today)`)))}.</p>
<h3>When</h3>
${timeline(release.timeline, zone)}
${evidencePart(release)}
${noticeTable(release)}
${rootsPart(release)}
</section>`
}

/** 12 June 2018, 10:00:00 (Europe/London) */
export function instantWords(instant: Instant, zone: string): string {
  const time = new Date(Math.floor(instant / 1000)).toLocaleTimeString('sv-SE', { timeZone: zone })
  return `${day(instant, zone)}, ${time} (${zone})`
}

// --- asked -------------------------------------------------------------------------------------------------------

function askedPart(release: ReleaseStory): Markup {
  const { answers, necessity } = release
  const facts: [string, string | undefined][] = [
    ['to', nameAndRole(release)],
    ['for', release.purpose],
    ['by', release.channels.join(', ')],
    ['basis claimed', release.basis],
    ['fields', release.fields.map(fieldWords).join(', ')],
    ['in return', release.consideration === 'none' ? 'nothing' : release.consideration],
    ['under', release.agreement === undefined ? 'no agreement' : `agreement ${release.agreement}`],
    ['asked by', release.requestedBy],
    ['why it is needed', necessity],
    ['is it justified?', answers?.justified],
    ['are they aware?', answers?.aware],
    ['have we the power?', answers?.power],
  ]
  return html`<dl class="facts">${facts.map(([label, says]) => (says === undefined || says === '' ? '' : html`<dt>${label}</dt><dd>${says}</dd>`))}</dl>`
}

function nameAndRole({ recipient, onBehalfOf, role }: ReleaseStory): string {
  const behalf = onBehalfOf.length === 0 ? '' : ` on behalf of ${listed(onBehalfOf.map(({ name }) => name))}`
  return `${recipient.name} (${recipient.id}), as ${role}${behalf}`
}

// --- decided -----------------------------------------------------------------------------------------------------

const outcomeWords = {
  allow: 'left whole',
  transform: 'left with fewer or coarser fields',
  review: 'wait for a person',
  deny: 'stayed',
  stayed: 'stayed, or wait for a person',
  removed: 'taken out after the decision, before anything left',
} as const

const outcomeNames = ['allow', 'transform', 'review', 'deny', 'stayed', 'removed'] as const

function recordsPart(release: ReleaseStory, figures: ReleaseFigures): Markup {
  return html`<h3>What became of the records</h3>
${outcomeList(figures)}
${reasonTable(release)}
${droppedSince(release)}`
}

function outcomeList({ outcomes, considered, masked }: ReleaseFigures): Markup {
  const left = (outcomes.allow + outcomes.transform) / Math.max(1, considered)
  const width = (Math.min(1, left) * 100).toFixed(2)
  const { deny, review, ...others } = outcomes
  // What is masked always denies: beside few of it, how many were denied would count it.
  const isFew = Object.values(masked).some((counted) => typeof counted !== 'number')
  const counts: Partial<Record<keyof typeof outcomeWords, number>> = isFew
    ? { ...others, stayed: deny + review }
    : outcomes
  const told = outcomeNames.flatMap((name) => {
    const records = counts[name] ?? 0
    return records > 0 ? [{ name, records }] : []
  })
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="leave" x="0" y="0" width="${width}" height="10"/></svg>
<ul class="outcomes">${told.map(({ name, records }) => html`<li${new Raw(name === 'allow' || name === 'transform' ? ' class="left"' : '')}><strong>${count(records)}</strong>${outcomeWords[name]}</li>`)}</ul>`
}

const questionWords: Readonly<Record<Question, string>> = {
  justified: 'Is it justified?',
  aware: 'Were they told?',
  power: 'Is there a ground?',
  veto: 'The person’s own word',
}

const authorityWords: Readonly<Record<Authority, string>> = {
  statute: 'statute',
  case: 'case law',
  guidance: 'guidance',
  industry: 'industry code',
  house: 'house rule',
}

function reasonTable({ reasons, masked }: ReleaseStory): Markup | string {
  if (reasons.length + masked.length === 0) return html`<p>Nothing stood against any record.</p>`
  return html`<table>
<caption>What stood against records when it was decided; one may have several reasons</caption>
<thead><tr><th scope="col" class="number">Records</th><th scope="col">Reason</th><th scope="col">Law</th></tr></thead>
<tbody>
${masked.map(
  ({
    words,
    count: told,
  }) => html`<tr><td class="number">${typeof told === 'number' ? count(told) : told}</td><th scope="row">${words}</th><td></td></tr>
`,
)}${reasons.map(reasonRow)}</tbody></table>`
}

function droppedSince({ droppedSinceDecision }: ReleaseStory): Markup | string {
  if (droppedSinceDecision === 0) return ''
  const who =
    droppedSinceDecision === 1
      ? 'One record that might leave then did'
      : `${count(droppedSinceDecision)} records that might leave then did`
  return html`<p class="small quiet">${who} not leave: judged again before anything left, more stood against ${droppedSinceDecision === 1 ? 'it' : 'them'}.</p>`
}

function reasonRow(reason: ReasonStory): Markup {
  const { code, words, law, authority, question, count: records, answeredBy } = reason
  const answered = answeredBy.length === 0 ? '' : ` Answered for some by ${listed(answeredBy)}.`
  const kind = authority === undefined ? '' : ` (${authorityWords[authority]})`
  const asked =
    question === undefined ? '' : html` <span class="quiet small">${questionWords[question]}</span>`
  return html`<tr><td class="number">${count(records)}</td><th scope="row">${words}${answered} <code class="hash">${code}</code>${asked}</th><td class="small">${law === undefined ? '' : `${law}${kind}`}</td></tr>
`
}

function approvalNote(approval: ApprovalStory | undefined, zone: string): Markup {
  if (approval === undefined) return html`<div class="note"><h3>Approval</h3><p>None is enclosed.</p></div>`
  const { approver, requestedBy, rule, because, at, verifierKey, path, decisionSha256 } = approval
  const file = documentPath({ position: path, kind: 'approval' })
  const how =
    rule === 'sole-person'
      ? `One person alone may approve here: ${because ?? 'no reason is given'}`
      : `Somebody other than ${requestedBy}, who asked.`
  return html`<div class="note"><h3>Approved by ${approver}</h3>
<p>${instantWords(at, zone)}. ${how}</p>
<p class="small">The signature in <a href="${file}">${file}</a> is over this decision and no other: <code class="hash">${decisionSha256}</code>${verifierKey === undefined ? '' : html`, by the key <code class="hash">${verifierKey}</code>`}</p></div>`
}

function determinationNote(one: DeterminationStory, zone: string): Markup {
  const { id, code, notice, answer, because, by, on, signed, revokedAt } = one
  const said = answer === 'allow' ? 'It may go' : 'It may not go'
  const about = notice === undefined ? '' : ` by notice ${notice}`
  const how = signed ? 'Signed into the register with that person’s key' : 'Declared in a policy file'
  return html`<div class="note"><h3>Determination ${id} by ${by}</h3><p>${said}${code === undefined ? '' : ` in spite of ${code}`}${about}: ${because ?? 'in words that are not for this page'}</p>
<p class="small quiet">${how}, ${dateWords(dateToIso(on))}${revokedAt === undefined ? '' : `; revoked ${instantWords(revokedAt, zone)}`}.</p></div>`
}

function fileNote({ file }: ReleaseStory): Markup | string {
  if (file.length === 0) return ''
  return html`<div class="note"><h3>Against the file as a whole</h3><ul>${file.map(
    ({ code, words, cleared }) =>
      html`<li>${words}${code === undefined ? '' : html` <code class="hash">${code}</code>`}${cleared ? ' Answered by a determination.' : ''}</li>`,
  )}</ul></div>`
}

// --- when --------------------------------------------------------------------------------------------------------

function timeline(moments: readonly Moment[], zone: string): Markup {
  return html`<table class="moments">
<caption>From the notice to the end of it, days in ${zone}</caption>
<thead><tr><th scope="col">Day</th><th scope="col">What</th><th scope="col" class="number">Log entry</th></tr></thead>
<tbody>
${moments.map(({ at, until, what, position }) => {
  const from = position === undefined ? day(at, until === undefined ? zone : 'UTC') : dayAndTime(at, zone)
  return html`<tr><td>${from}${until === undefined ? '' : ` to ${day(until, 'UTC')}`}</td><td>${what}</td><td class="number">${position === undefined ? '' : count(position)}</td></tr>
`
})}</tbody></table>`
}

function dayAndTime(at: Instant, zone: string): string {
  const time = new Date(Math.floor(at / 1000)).toLocaleTimeString('sv-SE', { timeZone: zone })
  return `${day(at, zone)}, ${time}`
}

const lagWords: Readonly<Record<keyof LagCounts, string>> = {
  ahead: 'before it is said to have happened',
  sameDay: 'the same day',
  within7: '1 to 7 days later',
  within30: '8 to 30 days later',
  within365: '31 to 365 days later',
  later: 'more than a year later',
}

function evidencePart({ figures }: ReleaseStory): Markup | string {
  if (figures?.evidence === undefined) return ''
  const { lag, afterRequest, noNotice } = figures.evidence
  const graded = (Object.keys(grades) as (keyof typeof grades)[]).map(
    (grade) => [grade, figures.notices.reduce((sum, notice) => sum + notice.grades[grade], 0)] as const,
  )
  return html`<h3>How good the evidence is</h3>
<div class="figures">
<table><caption>Showings by what they rest on</caption><thead><tr><th scope="col" class="number">Records</th><th scope="col">Evidence that the notice was shown</th></tr></thead>
<tbody>${graded.map(
    ([
      grade,
      records,
    ]) => html`<tr><td class="number">${count(records)}</td><th scope="row">${grade}: ${gradeWords[grade]}</th></tr>
`,
  )}${noNotice === 0 ? '' : html`<tr><td class="number">${count(noNotice)}</td><th scope="row">no showing on record</th></tr>`}</tbody></table>
<table><caption>When the showing was written down</caption><thead><tr><th scope="col" class="number">Records</th><th scope="col">Entered in the register</th></tr></thead>
<tbody>${(Object.keys(lagWords) as (keyof LagCounts)[]).map(
    (
      key,
    ) => html`<tr${new Raw(key === 'ahead' && lag.ahead > 0 ? ' class="alarm"' : '')}><td class="number">${count(lag[key])}</td><th scope="row">${lagWords[key]}</th></tr>
`,
  )}</tbody></table>
</div>
<p${new Raw(afterRequest > 0 ? ' class="alarm"' : '')}>${afterRequest === 0 ? 'No showing was entered after this was asked for.' : `${count(afterRequest)} ${afterRequest === 1 ? 'showing was' : 'showings were'} entered after this was asked for: what is written down then is no witness.`}</p>`
}

// --- told --------------------------------------------------------------------------------------------------------

const namedWords: Readonly<Record<NamedHow, string>> = {
  name: 'by its name',
  brand: 'by a brand it held',
  category: 'by a category only',
  none: 'not at all',
}

function noticeTable({ notices, recipient }: ReleaseStory): Markup | string {
  if (notices.length === 0) return ''
  const counted = notices.some(({ figures }) => figures !== undefined)
  return html`<h3>What people were told</h3>
<table><caption>By which notice, and how it names ${recipient.name}</caption>
<thead><tr><th scope="col">Notice</th>${counted ? html`<th scope="col" class="number">Judged by it</th><th scope="col" class="number">Left</th><th scope="col">Shown</th>` : ''}<th scope="col">Names the recipient</th></tr></thead>
<tbody>
${notices.map(
  ({ id, figures, names, quotes }) =>
    html`<tr><th scope="row"><a href="#${id}">${id}</a></th>${figures === undefined ? '' : html`<td class="number">${count(figures.lines)}</td><td class="number">${count(figures.released)}</td><td>${shownWords(figures)}</td>`}<td>${namedWords[names]}${quotes.map((quote) => html`<br><q>${quote}</q>`)}</td></tr>
`,
)}</tbody></table>`
}

/** Once on the page, however many releases went by it. */
export function noticeWording({ id, sha256, wording, effectiveOn }: NoticeStory): Markup {
  return html`<article class="note" id="${id}"><h3>${id}</h3>
<p class="small quiet">In use from ${dateWords(dateToIso(effectiveOn))}. SHA-256 of the version as published: <code class="hash">${sha256}</code></p>
<p class="wording">${wording.split('\n').map((line, index) => html`${index === 0 ? '' : new Raw('\n')}${line}`)}</p></article>`
}

function shownWords({ shownFrom, shownTo }: NonNullable<NoticeStory['figures']>): string {
  if (shownFrom === shownTo) return `on ${dateWords(shownFrom)}`
  return `from ${dateWords(shownFrom)} to ${dateWords(shownTo)}`
}

// --- sealed ------------------------------------------------------------------------------------------------------

function rootsPart({ sealed, release, figures }: ReleaseStory): Markup {
  if (sealed === undefined) return html`<h3>Roots</h3><p>Nothing was sealed, so nothing left.</p>`
  return html`<h3>What was sealed</h3>
<p>${count(sealed.columns.length)} columns: ${listed(sealed.columns.map(({ name, treatment, note, partly }) => columnWords(name, treatment, note, partly)))}.</p>
<dl class="facts"><dt>rows released</dt><dd><code>${sealed.released}</code></dd><dt>records considered</dt><dd><code>${sealed.decided}</code></dd><dt>manifest</dt><dd><code>${sealed.manifestSha256}</code></dd>${figures === undefined ? '' : html`<dt>line by line</dt><dd><a href="releases/${release}/">releases/${release}/</a></dd>`}</dl>
<p class="small quiet">The first two are roots of the trees that everybody’s proof leads to: that a record was released, was not, or was withheld.</p>`
}

function columnWords(name: string, treatment: string, note: string | undefined, partly: boolean): string {
  const how = note ?? (treatment === 'keep' ? undefined : treatment)
  const marks = [how, partly ? 'empty in some rows' : undefined].filter((mark) => mark !== undefined)
  return marks.length === 0 ? fieldWords(name) : `${fieldWords(name)} (${marks.join(', ')})`
}
