// A story as one page to read offline and print: no script, no request, everything escaped.
import { count } from '../terminal.ts'
import { pageHead } from './html-page.ts'
import { html, type Markup } from './markup.ts'
import { duration, people, sentence } from './readable.ts'
import { type StoryChapter, type StoryReport, unexpected } from './story-report.ts'
import { wordsFor } from './words-for.ts'

export function renderStoryHtml(report: StoryReport): string {
  return html`<!doctype html>
<html lang="en-GB">
${pageHead(report.title)}
<body>
<a class="skip" href="#main">To the report</a>
<header class="wide top">
<p class="eyebrow">Fairshare: who holds a copy, and until when?</p>
<h1>${report.title}</h1>
<p class="lede">${sentence(`${people(report.people)}, ${count(report.facts)} recorded facts about them`)}</p>
</header>
<main class="wide" id="main">
${report.chapters.map(chapterSection)}
<section><h2>What a register alone cannot see</h2><ul>${report.notSeen.map((text) => html`<li>${text}</li>`)}</ul></section>
</main>
<footer class="wide small quiet">
<p>${sentence(`Made on ${report.madeOn} in ${duration(report.totalSeconds)}`)} This page needs no network and loads nothing.</p>
</footer>
</body>
</html>
`.text
}

function chapterSection({ day, title, story, answers, obligations, asExpected }: StoryChapter): Markup {
  return html`<section>
<h2>${day}: ${title}</h2>
<p>${story}</p>
<ul>${answers.map(({ says, codes }) => html`<li>${sentence(says)}${codes.map((code) => html` ${wordsFor(code).says}`)}</li>`)}</ul>
${obligations.length === 0 ? '' : html`<ul>${obligations.map(({ light, words }) => html`<li><strong>${light}</strong>: ${words}</li>`)}</ul>`}
${asExpected ? '' : html`<p><strong>${unexpected}</strong></p>`}
</section>
`
}
