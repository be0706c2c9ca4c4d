// index.html of an evidence pack: what somebody outside reads first, offline and on paper. No script, no request, nothing
// from outside that is not escaped; links lead to files of the pack.
import type { PackStory } from '../../accountability/pack-story.ts'
import { instantFromIso } from '../../model/instant.ts'
import { count } from '../terminal.ts'
import { evidenceRelease, instantWords, noticeWording } from './evidence-release.ts'
import { pageHead } from './html-page.ts'
import { html, type Markup } from './markup.ts'
import { dateWords, people } from './readable.ts'

export function evidencePage(story: PackStory): string {
  const { controller, releases } = story
  const title = `How ${controller.name} shared data`
  return html`<!doctype html>
<html lang="en-GB">
${pageHead(title, extraStyle)}
<body>
<a class="skip" href="#main">To the releases</a>
<header class="wide top">
<p class="eyebrow">Fairshare: evidence pack</p>
<h1>${title}</h1>
<p class="lede">${scopeSentence(story)} Told as the register stood at entry ${count(story.asOf.size)} of its log, recorded ${instantWords(instantFromIso(story.asOf.recordedAt), story.zone)}.</p>
${overview(story)}
</header>
<main class="wide" id="main">
${releases.map((release) => evidenceRelease(release, story))}
${releases.length === 0 ? html`<section class="part"><h2>No release</h2><p>Nothing was committed in this scope, as far as the log reaches.</p></section>` : ''}
${noticesSection(story)}
${checkSection(story)}
${limitsSection(story)}
${leftSection(story)}
</main>
<footer class="wide small quiet"><p>Made from the files of this pack and signed with them; the figures are the register’s words, which verifying the pack holds against its log. This page needs no network and loads nothing.</p></footer>
</body>
</html>
`.text
}

const extraStyle = `
.versus + p { margin-top: 1.25rem; } .facts { display: grid; } .facts code { font-size: .84em; }
.moments td:first-child { width: 15rem; white-space: nowrap; } .moments .number { width: 8rem; }
.wording { white-space: pre-line; border-left: 3px solid var(--rest); padding-left: 1rem; max-width: 70ch; }
.hash { font-size: .8em; color: var(--quiet); }
.outcomes { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; margin: 1rem 0 1.5rem; }
.outcomes li { border-top: 3px solid var(--rest); padding-top: .5rem; } .outcomes li.left { border-color: var(--accent); }
.outcomes strong { display: block; font-size: 1.5rem; line-height: 1.2; } .outcomes .left strong { color: var(--accent); }
section.part > h3 { margin: 2rem 0 .8rem; } article.note { margin-bottom: 1rem; } q { quotes: "“" "”"; font-size: .92em; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(21rem, 100%), 1fr)); gap: 1.25rem; margin-bottom: 1.5rem; align-items: start; }
.figures table { font-size: .97rem; }
pre { overflow-x: auto; background: var(--track); padding: .8rem 1rem; border-radius: 6px; font: .88rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 46rem) { .moments td:first-child { width: auto; white-space: normal; } .moments .number { width: auto; } .facts { gap: .1rem; } }
@media print {
  section.part > h3 { margin: 8pt 0 3pt; font-size: 10pt; break-after: avoid; } .wording { font-size: 8pt; padding-left: 6pt; }
  .moments td:first-child { width: 34mm; } .outcomes { gap: 6pt; margin: 4pt 0 6pt; grid-template-columns: repeat(5, 1fr); } .outcomes strong { font-size: 12pt; }
  .figures { gap: 8pt; margin-bottom: 6pt; grid-template-columns: 1fr 1fr; } .figures table { font-size: 7.9pt; } pre { font-size: 7.4pt; padding: 4pt 6pt; }
}
`

function scopeSentence({ scope, zone, releases }: PackStory): string {
  if ('release' in scope) return `About one release, ${scope.release}.`
  if ('subject' in scope) return 'About one person, and for that person.'
  const days = `${dateWords(scope.from)} to ${dateWords(scope.to)}`
  return `About everything committed from ${days} (${zone}): ${releases.length === 1 ? 'one release' : `${count(releases.length)} releases`}.`
}

function overview({ releases, receipts, sample, documents, scope }: PackStory): Markup {
  const whose = 'subject' in scope ? 'The person’s' : `Of a sample drawn by the seed “${sample?.seed}”`
  return html`${'subject' in scope ? html`<p>What became of that person’s own record is in the receipt; on which grounds records of others stayed is not told here, as in a file of few people it would tell of one of them.</p>` : sums(releases)}
<p class="quiet small">${count(documents)} documents of the register, each bound by its log.${receipts === 0 ? '' : ` ${whose}: ${count(receipts)} ${receipts === 1 ? 'receipt' : 'receipts'} in people/, which open what the log says of ${people(receipts)}.`}</p>`
}

function sums(releases: PackStory['releases']): Markup {
  const considered = releases.reduce((sum, { figures }) => sum + (figures?.considered ?? 0), 0)
  const left = releases.reduce((sum, { rows }) => sum + (rows ?? 0), 0)
  return html`<div class="versus">
<div><p class="figure">${count(considered)}</p><p>${considered === 1 ? 'record was' : 'records were'} considered, each by what that person had been told.</p></div>
<div><p class="figure">${count(left)}</p><p>${left === 1 ? 'record left' : 'records left'}, sealed to ${recipients(releases)}.</p></div>
</div>`
}

function recipients(releases: PackStory['releases']): string {
  const names = [...new Set(releases.map(({ recipient }) => recipient.name))]
  if (names.length === 0) return 'nobody'
  return names.length > 3 ? `${names.length} recipients` : names.join(', ')
}

function noticesSection({ releases }: PackStory): Markup | string {
  const notices = new Map(releases.flatMap((release) => release.notices.map((notice) => [notice.id, notice])))
  if (notices.size === 0) return ''
  const ordered = [...notices.values()].sort((one, other) => one.effectiveOn - other.effectiveOn)
  return html`<section class="part" aria-labelledby="notices"><h2 id="notices">The notices, as worded</h2>
${ordered.map(noticeWording)}</section>`
}

function checkSection({ register, asOf }: PackStory): Markup {
  return html`<section class="part" aria-labelledby="check"><h2 id="check">Check it yourself</h2>
<p>The register’s verifier key has to come from somewhere else than this pack: a website, a letter, somebody who kept it. It should be</p>
<pre>${register.verifierKey}</pre>
<p>Then, without the register and without a network:</p>
<pre>fairshare verify pack.zip --key "${register.verifierKey}"</pre>
<p>or with <a href="verifiers/README.md">the programs in verifiers/</a>, which are better taken from elsewhere as well. A checkpoint that you kept from earlier shows with <code>--kept</code> whether this is the history you were shown then.</p>
<dl class="facts"><dt>log</dt><dd><code>${register.origin}</code></dd><dt>entries</dt><dd>${count(asOf.size)}</dd><dt>root</dt><dd><code>${asOf.root}</code></dd><dt>checkpoint</dt><dd><a href="log/checkpoint">log/checkpoint</a></dd><dt>register</dt><dd><code>${register.id}</code></dd></dl></section>`
}

function limitsSection({ sample, scope }: PackStory): Markup {
  const limits = 'subject' in scope ? personLimits : [peopleLimit(sample), maskedLimit]
  return html`<section class="part keep" aria-labelledby="limits"><h2 id="limits">What this does not show</h2>
<ul class="plain">
<li>That nothing left outside the register: no register can. What the recipient found when it opened the file, in its own signed receipt, is among the documents.</li>
<li>That everything was recorded, that what was recorded is true, or that nobody was enrolled twice. When something was recorded, the log shows.</li>
${limits.map(
  (limit) => html`<li>${limit}</li>
`,
)}<li>That sharing was lawful. It shows what was asked, told, decided and done, so that somebody can judge it.</li>
</ul></section>`
}

const personLimits = [
  'On which grounds the records of others stayed, how many by each, and who answered for them: in a file of few people that would tell of somebody. The documents say how many were considered and how many left; a regulator gets the rest.',
]

function peopleLimit(sample: PackStory['sample']): string {
  const word = 'That the lines of people.csv are true of everybody: they are the register’s word.'
  return sample === undefined
    ? `${word} A sample opens some of them: keep this pack, and only then name a seed of your own, so that the lines were there before it (verify --before).`
    : `${word} The sample opens n of the people, and finds a lie about a share p of them with probability 1 − (1 − p)ⁿ, if people.csv was fixed before the seed was known: compare it with a pack without a sample that you were given before (verify --before). Written afterwards, it can pass a lie by.`
}

const maskedLimit =
  'Which ground stood behind “must not be contacted”: safety, bereavement, childhood and health are one reason here, and fewer than five are not counted. The documents count each of them; do not publish those.'

function leftSection({ left }: PackStory): Markup | string {
  if (left.length === 0) return ''
  return html`<section class="part keep" aria-labelledby="left"><h2 id="left">What is not in it</h2>
<ul class="plain">${left.map((line) => html`<li>${line}</li>`)}</ul></section>`
}
