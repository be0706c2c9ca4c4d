// An explanation as one page to read offline and print: no script, no request, nothing from outside that is not escaped.
import { pageHead } from './html-page.ts'
import { html, Markup } from './markup.ts'
import { sentence } from './readable.ts'
import type { ToldEvidence, ToldExplanation, ToldGround, ToldNotice, ToldReason } from './tell-explanation.ts'

export function explanationHtml(told: ToldExplanation, { codes }: { codes: boolean }): string {
  return html`<!doctype html>
<html lang="en-GB">
${pageHead(told.verdict, extraStyle)}
<body>
<a class="skip" href="#main">To the reasons</a>
<header class="wide top">
<p class="eyebrow">Fairshare: one person, one request</p>
<h1>${told.verdict}</h1>
<p class="lede">${told.asked}</p>
${told.notes.map((note) => html`<p>${note}</p>`)}
</header>
<main class="wide" id="main">
${told.file.reasons.length === 0 ? '' : section(told.file.headline, told.file.reasons, codes)}
${told.headings.map(({ heading, reasons }) => section(heading, reasons, codes))}
${told.outlook === undefined ? '' : html`<div class="reading keep"><h2>What would have to change, all in all</h2><p>${told.outlook}</p></div>`}
${factSection(told)}
${told.notice === undefined ? '' : noticeSection(told.notice)}
${told.fields.length === 0 ? '' : html`<section class="part keep"><h2>Fields</h2>${told.fields.map(({ how, names }) => html`<p>${how}: ${names.join(', ')}</p>`)}</section>`}
</main>
<footer class="wide small quiet"><p>${told.caveat} This page needs no network and loads nothing.</p></footer>
</body>
</html>
`.text
}

const extraStyle = `
.note ul { margin-bottom: .6rem; } .note .value { font-weight: 650; }
.wording { white-space: pre-line; border-left: 3px solid var(--rest); padding-left: 1rem; max-width: 70ch; }
mark { background: var(--wash); color: var(--ink); font-weight: 650; box-decoration-break: clone; -webkit-box-decoration-break: clone; border-bottom: 2px solid var(--accent); }
.reason { margin-bottom: 1rem; }
@media print { .note ul { margin-bottom: 2pt; } .wording { font-size: 8pt; } }
`

function section(heading: string, reasons: readonly ToldReason[], codes: boolean): Markup {
  return html`<section class="part"><h2>${heading}</h2>
${reasons.map((reason) => reasonNote(reason, codes))}</section>
`
}

function reasonNote(reason: ToldReason, codes: boolean): Markup {
  const { words, code, name, law, answered, condition, grounds, remedy, whose } = reason
  return html`<article class="note reason"><h3>${words}${answered ? ' (answered by a determination)' : ''}</h3>
${codes && code !== undefined ? html`<p class="small quiet"><code>${code}</code> ${name} · ${law}</p>` : ''}
${codes && condition !== undefined ? html`<p class="small quiet">Fires when: <code>${condition}</code></p>` : ''}
${grounds.map(groundMarkup)}
${answered ? '' : html`<p><strong>What would have to change:</strong> ${remedy}</p>${changeList(grounds)}`}
${whose === undefined ? '' : html`<p>${whose}</p>`}</article>
`
}

function groundMarkup({ where, fields, facts }: ToldGround): Markup {
  return html`${where === undefined ? '' : html`<p>Found ${where}.</p>`}${fields.length === 0 ? '' : html`<p>Fields: ${fields.join(', ')}</p>`}${
    facts.length === 0
      ? ''
      : html`<ul>${facts.map(({ means, value }) => html`<li>${means}: <span class="value">${value}</span></li>`)}</ul>`
  }`
}

function changeList(grounds: readonly ToldGround[]): Markup | string {
  const changes = grounds.flatMap((ground) => ground.changes)
  return changes.length === 0 ? '' : html`<ul>${changes.map((change) => html`<li>${change}</li>`)}</ul>`
}

function factSection({ facts }: ToldExplanation): Markup | string {
  if (facts.length === 0) return ''
  return html`<section class="part"><h2>What is on record behind these facts</h2>
${facts.map(
  ({ means, value, where, evidence, note }) =>
    html`<article class="note reason"><h3>${means}: ${value}${where === undefined ? '' : ` (${where})`}</h3>${evidenceList(evidence)}${note === undefined ? '' : html`<p>${note}</p>`}</article>
`,
)}</section>`
}

function evidenceList(evidence: readonly ToldEvidence[]): Markup | string {
  if (evidence.length === 0) return ''
  return html`<ul>${evidence.map(
    ({ when, what, known, flag }) =>
      html`<li>${when}: ${what}<br><span class="small quiet">${sentence(known)}</span>${flag === undefined ? '' : html` <strong>${flag}</strong>`}</li>`,
  )}</ul>`
}

function noticeSection({ title, parts, shown }: ToldNotice): Markup {
  return html`<section class="part"><h2>What the person was shown: ${title}</h2>
<div class="note reason">${evidenceList(shown)}</div>
<p class="wording">${parts.map(({ text, matters }) => {
    // Line breaks are the wording's own; what else is not text is made harmless by the escaping.
    const lines = text.split('\n').map((line, index) => html`${index === 0 ? '' : new Markup('\n')}${line}`)
    return matters ? html`<mark>${lines}</mark>` : html`${lines}`
  })}</p></section>`
}
