// The case as one page to read offline, print and pass on: no script, no request, nothing from outside that is not escaped.
import { count } from '../terminal.ts'
import type { CaseReport } from './case-report.ts'
import { pageHead } from './html-page.ts'
import { html, Markup } from './markup.ts'
import { capitalised, duration, people, sentence, size } from './readable.ts'
import {
  type BeatTelling,
  type CaseTelling,
  type CodeTelling,
  type GroupAnswer,
  type GroupTelling,
  type PersonTelling,
  tellCase,
} from './tell-case.ts'
import type { ReleaseTelling } from './tell-release.ts'
import type { ToldLine, TrustTelling } from './tell-trust.ts'

export function renderHtml(report: CaseReport): string {
  const telling = tellCase(report, { codes: false })
  return html`<!doctype html>
<html lang="en-GB">
${pageHead(report.title)}
<body>
<a class="skip" href="#main">To the report</a>
${hatchPattern}
<header class="wide top">
<p class="eyebrow">Fairshare: who may have these people’s data?</p>
<h1>${report.title}</h1>
<p class="lede">${sentence(telling.size)}</p>
${versus(report, telling)}
</header>
${timeline(report, telling)}
<main class="wide" id="main">
${reading(telling)}
${bareSection(report, telling)}
${telling.beats.map(beatSection)}
${trustSection(telling.trust)}
${peopleSection(telling)}
${publicationSection(report)}
${caveatSection(telling)}
${workSection(report)}
</main>
<footer class="wide small quiet">
<p>${sentence(`Made on ${report.madeOn}`)} This page needs no network and loads nothing.</p>
</footer>
</body>
</html>
`.text
}

/** Waiting is hatched, so that it is told from leaving without colour. */
const hatchPattern = html`<svg class="patterns" aria-hidden="true" focusable="false"><defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 4L4 0"/></pattern></defs></svg>`

/** A figure and its unit on one line. */
function unbroken(text: string): Markup {
  return html`<span class="unbroken">${text}</span>`
}

function versus({ bareExport }: CaseReport, { beats }: CaseTelling): Markup {
  const first = beats[0]
  return html`<div class="versus">
<div><p class="figure">${count(bareExport.rows)}</p><p>left by a bare export, in ${unbroken(duration(bareExport.seconds))}. Nobody was asked.</p></div>
${first === undefined ? '' : html`<div><p class="figure">${count(first.mayLeave)}</p><p>may leave when the same list is asked for through Fairshare.</p></div>`}
</div>`
}

function timeline({ bareExport }: CaseReport, { beats, trust }: CaseTelling): Markup {
  const { rows } = bareExport
  return html`<nav class="wide" aria-label="The answers in order">
<ol class="timeline">
${stop({ label: '0', when: 'bare export', what: 'Without Fairshare', many: rows, of: rows, kind: 'gone', bar: goneBar })}${beats.map(
  ({ label, day, title, mayLeave, waits, considered }) =>
    stop({
      label,
      when: day,
      what: capitalised(title),
      many: mayLeave,
      of: considered,
      kind: mayLeave > 0 ? 'leaves' : 'stays',
      bar: stackedBar(mayLeave, waits, considered),
    }),
)}<li class="after ${trust.agrees ? 'leaves' : 'stays'}"><a href="#beat-${trust.label}"><span class="when">${trust.label} · <span class="what">${trust.title}</span></span><span class="short">${sentence(trust.headline)}</span></a></li>
</ol>
</nav>`
}

type Stop = {
  label: string
  when: string
  what: string
  many: number
  of: number
  kind: 'gone' | 'leaves' | 'stays'
  bar: Markup
}

function stop({ label, when, what, many, of, kind, bar }: Stop): Markup {
  return html`<li class="${kind}"><a href="#beat-${label}"><span class="when">${label} · ${when}</span><span class="many">${count(many)}</span>${bar}<span class="of">of ${count(of)}<br>${kind === 'gone' ? 'left' : 'may leave'}</span><span class="what">${what}</span></a></li>
`
}

function reading({ howToRead }: CaseTelling): Markup {
  return html`<section class="reading" aria-labelledby="reading">
<h2 id="reading">How to read this</h2>
<p>${howToRead.join(' ')}</p>
</section>`
}

function bareSection({ bareExport }: CaseReport, { bare }: CaseTelling): Markup {
  return html`<section class="part beat" id="beat-0" aria-labelledby="title-0">
${beatHead('0', 'Without Fairshare', 'The bare export')}
<div class="answer">
<div><p class="figure">${count(bareExport.rows)}</p><p>of ${count(bareExport.rows)} left</p>${goneBar}</div>
<p>${bare.words} It took ${unbroken(duration(bareExport.seconds))} and made a file of ${unbroken(size(bareExport.sizeBytes))}.</p>
</div>
</section>`
}

function beatHead(label: string, eyebrow: string, title: string): Markup {
  return html`<div class="beat-head"><p class="eyebrow"><span class="badge">${label}</span> ${eyebrow}</p><h2 id="title-${label}">${capitalised(title)}</h2></div>`
}

function beatSection(beat: BeatTelling): Markup {
  const waits =
    beat.waits === 0
      ? ''
      : `; ${count(beat.waits)} ${beat.waits === 1 ? 'waits' : 'wait'} for a named person’s decision`
  return html`<section class="part beat" id="beat-${beat.label}" aria-labelledby="title-${beat.label}">
${beatHead(beat.label, beat.day, beat.title)}
<div class="answer">
<div><p class="figure${beat.mayLeave > 0 ? ' some' : ''}">${count(beat.mayLeave)}</p><p>of ${count(beat.considered)} may leave${waits}</p>${stackedBar(beat.mayLeave, beat.waits, beat.considered)}</div>
<p>${beat.story}</p>
</div>
<div class="notes${beat.file.length + beat.answered.length > 0 ? ' both' : ''}">
${fileNote(beat)}
<div class="note"><h3>What the recipient would learn</h3>
${beat.tells === undefined ? '' : html`<p>The list tells the recipient: ${beat.tells}</p>`}
<p>${sentence(beat.fields)}</p></div>
</div>
${groupTable(beat)}
<p class="check small ${beat.agrees ? 'quiet' : 'alarm'}">${beat.agreement} Decided in ${unbroken(duration(beat.seconds))}. Judged by: ${beat.judgedBy}.</p>
${codeDetails(beat.codes)}
${beat.release === undefined ? '' : releaseNote(beat.release)}
${beat.recalls.map((recall) => html`<p class="recall">${recall}</p>`)}
</section>
`
}

function releaseNote({ headline, facts, agrees, roots, folder }: ReleaseTelling): Markup {
  return html`<div class="note release${agrees ? '' : ' alarm'}"><h3>${headline}</h3>
<dl class="facts">${facts.map(({ label, says }) => html`<dt>${capitalised(label)}</dt><dd>${says}</dd>`)}</dl>
<details><summary>The whole fingerprint, and where the files lie</summary><dl class="facts"><dt>Of the rows that left</dt><dd><code>${roots.released}</code></dd><dt>Of everyone considered</dt><dd><code>${roots.decided}</code></dd><dt>Folder</dt><dd><code>${folder}</code></dd></dl></details></div>`
}

function trustSection(trust: TrustTelling): Markup {
  return html`<section class="part beat trust" id="beat-${trust.label}" aria-labelledby="title-${trust.label}">
${beatHead(trust.label, 'Checked from the files alone, without the register', trust.title)}
<p class="${trust.agrees ? 'lede' : 'alarm'}">${sentence(trust.headline)}</p>
<div class="notes">
<div class="note"><h3>Whole and untouched</h3>
<ul class="answers">${trust.checks.map(({ holds, answer, says }) => answered(holds, answer, capitalised(says)))}</ul></div>
<div class="note"><h3>One byte changed</h3>
<ul class="answers">${trust.trials.map(({ refused, answer, says, place }) => answered(refused, answer, capitalised(says), place))}</ul></div>
</div>
<div class="note"><h3>${trust.asks}</h3>
${toldGroups(trust.told).map(toldGroup)}</div>
<p class="limits">${trust.limits}</p>
<h3 class="made">Check it yourself</h3>
<dl class="commands">${trust.commands.map(({ what, command }) => html`<dt>${capitalised(what)}</dt><dd><code>${command}</code></dd>`)}</dl>
<p class="check small quiet">All of this took ${unbroken(duration(trust.seconds))}.</p>
</section>
`
}

function answered(good: boolean, answer: string, says: string, place?: string): Markup {
  return html`<li><span class="pill ${good ? 'leave' : 'stay'}">${answer}</span><span>${says}${place === undefined ? '' : html`<br><code>${place}</code>`}</span></li>`
}

/** Lines with labels that stand next to each other are one list. */
function toldGroups(told: readonly ToldLine[]): ToldLine[][] {
  const groups: ToldLine[][] = []
  for (const line of told.filter(({ text }) => text !== '')) {
    const last = groups.at(-1)
    if (line.label !== undefined && last?.at(-1)?.label !== undefined) last.push(line)
    else groups.push([line])
  }
  return groups
}

function toldGroup(lines: readonly ToldLine[]): Markup {
  if (lines.every(({ label }) => label === undefined))
    return html`${lines.map(({ text }) => html`<p>${text}</p>`)}`
  return html`<dl class="facts">${lines.map(({ label, text }) => html`<dt>${capitalised(label ?? '')}</dt><dd>${text}</dd>`)}</dl>`
}

function fileNote({ file, answered }: BeatTelling): Markup | string {
  if (file.length === 0 && answered.length === 0) return ''
  const title = file.some(({ refuses }) => refuses)
    ? 'The file as a whole is refused, whoever is in it'
    : file.length > 0
      ? 'The file as a whole waits for a named person'
      : 'Answered by a named person'
  return html`<div class="note"><h3>${title}</h3>
<ul${file.length > 4 ? new Markup(' class="many"') : ''}>${file.map(({ says }) => html`<li>${says}</li>`)}${answered.map((says) => html`<li>Answered by a named person: ${says}</li>`)}</ul></div>`
}

const answers: Readonly<Record<GroupAnswer, 'leave' | 'wait' | 'stay'>> = {
  'may leave': 'leave',
  waits: 'wait',
  stays: 'stay',
}

function groupTable(beat: BeatTelling): Markup {
  return html`<table class="groups">
<caption>Everyone once, under the reason that weighs most</caption>
<thead><tr><th scope="col" class="number">People</th><th scope="col" class="share" aria-hidden="true">Share</th><th scope="col">Who they are</th><th scope="col" class="state">Answer</th></tr></thead>
<tbody>
${beat.groups.map(groupRow)}</tbody>
<tfoot><tr><td class="number">${count(beat.sum)}</td><td class="share" aria-hidden="true"></td><th scope="row">people considered</th><td class="state"></td></tr></tfoot>
</table>`
}

function groupRow({ people, share, says, answer }: GroupTelling): Markup {
  const kind = answers[answer]
  return html`<tr${kind === 'leave' ? new Markup(' class="leaves"') : ''}><td class="number">${count(people)}</td><td class="share" aria-hidden="true">${bars([{ share, kind }])}</td><th scope="row" class="says">${says}</th><td class="state"><span class="pill ${kind}">${answer}</span></td></tr>
`
}

function stackedBar(leave: number, wait: number, of: number): Markup {
  const share = (part: number) => (of === 0 ? 0 : part / of)
  return bars([
    { share: share(leave), kind: 'leave' },
    { share: share(wait), kind: 'wait' },
  ])
}

const goneBar = bars([{ share: 1, kind: 'gone' }])

/** Always beside its figure in text, so hidden from those who listen. What is not nothing stays visible. */
function bars(parts: readonly { share: number; kind: 'gone' | 'leave' | 'wait' | 'stay' }[]): Markup {
  let from = 0
  const rects = parts.map(({ share, kind }) => {
    if (share <= 0) return ''
    const width = Math.max(0.4, Math.min(1, share) * 100)
    const rect = html`<rect class="${kind}" x="${from.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10"/>`
    from += width
    return rect
  })
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${rects}</svg>`
}

function codeDetails(codes: readonly CodeTelling[]): Markup {
  return html`<details><summary>Reason codes and counts</summary><div class="scroll"><table>
<caption>A record may have several reasons; the last column counts each record once</caption>
<thead><tr><th scope="col">Code</th><th scope="col">Name</th><th scope="col" class="number">Records touched</th><th scope="col" class="number">Weighs most for</th></tr></thead>
<tbody>
${codes.map(
  ({
    code,
    slug,
    count: touched,
    primary,
  }) => html`<tr><th scope="row"><code>${code}</code></th><td>${slug.replaceAll('_', ' ').toLowerCase()}</td><td class="number">${touched === undefined ? 'the file' : count(touched)}</td><td class="number">${primary === undefined ? '' : count(primary)}</td></tr>
`,
)}</tbody></table></div></details>`
}

function publicationSection({ publications }: CaseReport): Markup | string {
  if (publications.length === 0) return ''
  return html`<section class="part" aria-labelledby="published"><h2 id="published">What publishing the notices said</h2>
<div class="notes">
${publications.map(
  ({ title, lines, impact }) => html`<div class="note"><h3>${title}</h3>
${impact.length === 0 ? html`<p>No notice gained a recipient or a purpose.</p>` : html`<ul>${impact.map((line) => html`<li>${line}</li>`)}</ul>`}
${lines.length === 0 ? '' : html`<details><summary>What changed, in ${count(lines.length)} ${lines.length === 1 ? 'line' : 'lines'}</summary><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></details>`}</div>
`,
)}</div></section>`
}

function peopleSection({ persons }: CaseTelling): Markup | string {
  if (persons.length === 0) return ''
  return html`<section class="part people" aria-labelledby="people"><h2 id="people">${persons.length === 6 ? 'Six people' : 'People'}, one card each</h2>
<div class="cards">
${persons.map(card)}</div></section>`
}

function card({ name, memberNo, card, answers, lines }: PersonTelling): Markup {
  return html`<article class="card"><h3><bdi>${name}</bdi></h3><p class="small quiet"><code>${memberNo}</code></p>
<p class="who">${card}</p>
<div class="strip" aria-hidden="true">${answers.map(({ label, mayLeave }) => html`<span${mayLeave ? new Markup(' class="on"') : ''}>${label}</span>`)}</div>
<ul>
${lines.map(
  ({
    beats,
    mayLeave,
    words,
  }) => html`<li><span class="in">in ${beats}</span><span><strong${mayLeave ? new Markup(' class="leaves"') : ''}>${mayLeave ? 'May leave.' : 'Stays.'}</strong> ${sentence(words)}</span></li>
`,
)}</ul></article>
`
}

function caveatSection({ notProven }: CaseTelling): Markup {
  return html`<section class="part keep" aria-labelledby="caveats"><h2 id="caveats">What this does not prove</h2>
<ul class="plain">${notProven.map((text) => html`<li>${text}</li>`)}</ul></section>`
}

function workSection(report: CaseReport): Markup {
  return html`<section class="part keep" aria-labelledby="work"><h2 id="work">How long it took, and how much memory</h2>
<p>${unbroken(duration(report.totalSeconds))} in all, ${unbroken(size(report.peakRssBytes))} of memory at most, for ${people(report.people)} and ${count(report.events)} recorded facts.</p>
<table class="steps"><caption>Step by step</caption>
<thead><tr><th scope="col">Step</th><th scope="col" class="number">Records</th><th scope="col" class="number">Time</th><th scope="col" class="number rate">Records per second</th></tr></thead>
<tbody>
${report.timings.map(
  ({
    step,
    records,
    seconds,
    reused,
  }) => html`<tr><th scope="row">${step}</th><td class="number">${count(records)}</td><td class="number">${duration(seconds)}</td><td class="number rate">${reused ? 'there already' : count(Math.round(records / Math.max(seconds, 0.001)))}</td></tr>
`,
)}</tbody></table>
${
  report.made.length === 0
    ? ''
    : html`<h3 class="made">What was made</h3><dl>${report.made.map(({ path, what }) => html`<dt>${what}</dt><dd><code>${path}</code></dd>`)}</dl>
<p class="check small quiet">How to check these files stands under <a href="#beat-6">Check it yourself</a>.</p>`
}
</section>`
}
