// The page's one style sheet: system fonts, one accent, light and dark, and paper. Every pair of text and ground here
// has a contrast of at least 4.5 to 1, which a test computes from these very lines.

const light = `
  --paper: #fbfaf7; --card: #ffffff; --ink: #1b1d20; --quiet: #565b61; --line: #dcd8cf; --track: #ece8df;
  --rest: #a8a396; --accent: #0a6a60; --on-accent: #ffffff; --wash: #e8f1ee;`

const dark = `
  --paper: #131517; --card: #1b1e21; --ink: #eceae5; --quiet: #a9aeb4; --line: #34393e; --track: #282c30;
  --rest: #6d737a; --accent: #62cdbd; --on-accent: #0d1514; --wash: #1a2b29;`

export const style = `
:root { color-scheme: light dark; ${light}
}
@media (prefers-color-scheme: dark) { :root { ${dark}
} }
* { box-sizing: border-box; }
html { font-size: 100%; -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: break-word;
}
.wide { max-width: 72rem; margin: 0 auto; padding: 0 clamp(1.25rem, 4vw, 3rem); }
h1, h2, h3, .figure { font-family: ui-serif, "Iowan Old Style", Charter, Georgia, "Noto Serif", serif; font-weight: 600; text-wrap: balance; }
h1 { font-size: clamp(2.2rem, 5vw, 3.5rem); line-height: 1.08; letter-spacing: -0.015em; margin: 0 0 1rem; }
h2 { font-size: clamp(1.45rem, 2.6vw, 1.95rem); line-height: 1.2; margin: 0 0 1.25rem; }
h3 { font-size: 1.15rem; line-height: 1.3; margin: 0; }
p { margin: 0 0 1rem; max-width: 66ch; }
ul, ol { margin: 0; padding: 0; list-style: none; }
a { color: inherit; text-decoration-color: var(--accent); text-underline-offset: .2em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 4px; }
code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.unbroken { white-space: nowrap; }
.quiet { color: var(--quiet); }
.small { font-size: .9rem; line-height: 1.5; }
.eyebrow { font-size: .82rem; letter-spacing: .09em; text-transform: uppercase; color: var(--quiet); margin: 0 0 .75rem; }

.top { padding-top: clamp(2.5rem, 7vw, 5.5rem); padding-bottom: 2rem; }
.lede { font-size: 1.2rem; color: var(--quiet); }
.versus { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.25rem; margin: 2.5rem 0 0; }
.versus > div { border-top: 3px solid var(--rest); padding-top: 1rem; }
.versus > div + div { border-color: var(--accent); }
.figure { font-size: clamp(2.6rem, 6.5vw, 4.4rem); line-height: 1; letter-spacing: -0.02em; margin: 0 0 .5rem; font-variant-numeric: lining-nums tabular-nums; }
.versus > div + div .figure { color: var(--accent); }
.versus p { margin: 0; } .versus .figure { margin-bottom: .7rem; }

.timeline { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.6rem, 1fr)); gap: 1.5rem .9rem; margin: 1.5rem 0 3.5rem; }
.timeline a { display: block; text-decoration: none; height: 100%; padding-top: 1.1rem; border-top: 2px solid var(--line); position: relative; }
.timeline a::before { content: ""; position: absolute; top: -.46rem; left: 0; width: .8rem; height: .8rem; border-radius: 50%; background: var(--paper); border: 2px solid var(--rest); }
.timeline .gone a::before { background: var(--ink); border-color: var(--ink); }
.timeline .leaves a::before { background: var(--accent); border-color: var(--accent); }
.timeline a:hover .what { text-decoration: underline; }
.timeline .when, .timeline .what, .timeline .of { display: block; font-size: .84rem; line-height: 1.4; color: var(--quiet); }
.timeline .many { display: block; font-size: 1.3rem; font-weight: 650; line-height: 1.35; }
.timeline .short { display: block; font-weight: 650; line-height: 1.4; margin-top: .2rem; }
.timeline .after { grid-column: 1 / -1; } .timeline .after .what { display: inline; }
.timeline .what { margin-top: .4rem; color: var(--ink); }
.timeline svg { margin: .35rem 0 .1rem; }

svg.bar { display: block; width: 100%; height: .55rem; border-radius: 2px; background: var(--track); }
svg.bar .gone { fill: var(--ink); }
svg.bar .leave { fill: var(--accent); }
svg.bar .wait { fill: url(#hatch); }
svg.bar .stay { fill: var(--rest); }
.patterns { position: absolute; width: 0; height: 0; }
.patterns path { stroke: var(--accent); stroke-width: 1.6; }

.reading { background: var(--wash); border-radius: 10px; padding: 1.5rem clamp(1.25rem, 3vw, 2rem); margin-bottom: 1rem; }
.reading h2 { font-size: 1.2rem; margin-bottom: .5rem; }
.reading p:last-child { margin: 0; }

section.part { padding: 3.25rem 0; border-top: 1px solid var(--line); }
.reading + section.part { border-top: 0; }
.beat-head .eyebrow { display: flex; gap: .7rem; align-items: center; margin-bottom: .6rem; }
.badge { min-width: 2.1rem; text-align: center; font-weight: 650; letter-spacing: 0; text-transform: none; color: var(--ink); border: 2px solid var(--ink); border-radius: 999px; padding: 0 .5rem; font-size: .95rem; }
.answer { display: grid; grid-template-columns: minmax(15rem, 22rem) minmax(0, 1fr); gap: 1.5rem 3rem; align-items: start; margin: .5rem 0 1.75rem; }
.answer .figure { margin-bottom: .25rem; }
.answer .some { color: var(--accent); }
.answer .bar { margin-top: .9rem; height: .8rem; }
@media (max-width: 46rem) { .answer { grid-template-columns: 1fr; } }
.notes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1rem; margin-bottom: 2rem; }
.notes.both { grid-template-columns: 1.7fr 1fr; }
@media (max-width: 46rem) { .notes.both { grid-template-columns: 1fr; } }
.note ul.many { columns: 16rem 2; column-gap: 1.8rem; }
.note ul.many li { break-inside: avoid; }
.note { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.3rem; }
.note h3 { font-size: 1rem; margin-bottom: .5rem; }
.note li { padding-left: 1.1rem; position: relative; margin-bottom: .4rem; font-size: .97rem; line-height: 1.5; }
.note li::before { content: "–"; position: absolute; left: 0; color: var(--quiet); }
.note p { font-size: .97rem; margin-bottom: .5rem; }
.note > :last-child { margin-bottom: 0; }

table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 650; padding-bottom: .6rem; }
th, td { text-align: left; font-weight: 400; padding: .48rem .9rem .48rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { font-size: .84rem; color: var(--quiet); padding-top: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.groups .number { width: 8rem; }
.groups .share { width: 26%; vertical-align: middle; }
.groups .state { width: 7.5rem; white-space: nowrap; }
tfoot td, tfoot th { border-bottom: 0; border-top: 2px solid var(--ink); font-weight: 650; }
tr.leaves .number, tr.leaves .says { font-weight: 650; }
.pill { display: inline-block; font-size: .84rem; line-height: 1.5; border-radius: 999px; padding: 0 .65rem; border: 1px solid var(--rest); }
.pill.leave { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.pill.wait { border: 1px dashed var(--accent); }
.check { margin: .9rem 0 0; }
.alarm { border-left: 4px solid var(--ink); padding-left: .8rem; font-weight: 650; }
@media (max-width: 46rem) { .groups .share, .groups thead .share { display: none; } .groups .number, .groups .state { width: auto; } .rate { display: none; } .steps tbody th { overflow-wrap: anywhere; } th, td { padding-right: .6rem; } .pill { padding: 0 .45rem; } }

.release { margin-top: 1.75rem; background: var(--wash); border-color: var(--accent); }
.release h3 { font-size: 1.15rem; margin-bottom: .8rem; }
.release details { margin-top: .6rem; }
.recall { margin: 1.25rem 0 0; border-left: 4px solid var(--accent); padding-left: .9rem; }
.facts { grid-template-columns: 10rem minmax(0, 1fr); gap: .35rem 1.2rem; font-size: .97rem; line-height: 1.5; margin-bottom: .8rem; }
.facts dt { color: var(--quiet); }
.facts:last-child { margin-bottom: 0; }
.trust .note + .limits { margin-top: 1.5rem; }
.limits { border-left: 4px solid var(--rest); padding-left: .9rem; }
.note .answers li { display: grid; grid-template-columns: 6.6rem minmax(0, 1fr); gap: .2rem .8rem; align-items: start; padding-left: 0; margin-bottom: .6rem; }
.note .answers li::before { content: none; }
.answers .pill { justify-self: start; }
.answers code { font-size: .84em; color: var(--quiet); }

details { margin-top: .9rem; }
summary { cursor: pointer; color: var(--quiet); font-size: .92rem; }
details[open] summary { margin-bottom: .75rem; }
details .scroll { overflow-x: auto; }

.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1.25rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.4rem 1.5rem; }
.card .who { min-height: 6em; margin: .4rem 0 1rem; line-height: 1.5; font-size: 1rem; }
.strip { display: flex; gap: .3rem; margin-bottom: 1rem; }
.strip span { flex: 1; text-align: center; font-size: .82rem; line-height: 1.7; border: 1.5px solid var(--rest); border-radius: 5px; }
.strip .on { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 650; }
.card li { display: grid; grid-template-columns: 4.6rem 1fr; gap: .2rem .7rem; padding: .5rem 0; border-top: 1px solid var(--line); font-size: .95rem; line-height: 1.45; }
.card li .in { color: var(--quiet); }
.card strong.leaves { color: var(--accent); }

.plain li { padding-left: 1.3rem; position: relative; margin-bottom: .6rem; max-width: 70ch; }
.plain li::before { content: "–"; position: absolute; left: 0; color: var(--quiet); }
.made { margin: 2rem 0 .8rem; }
dl { margin: 0; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: .5rem 2rem; }
dt, dd { margin: 0; }
@media (max-width: 46rem) { dl, .facts, .note .answers li { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .6rem; } }
footer { padding-top: 2rem; padding-bottom: 4rem; border-top: 1px solid var(--line); }

@page { size: A4; margin: 11mm 14mm 12mm; }
@media print {
  :root { color-scheme: light; ${light.replace('#fbfaf7', '#ffffff')}
  }
  html { font-size: 8.4pt; }
  body { font-size: 8.4pt; line-height: 1.34; }
  p { max-width: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .skip, details { display: none; }
  .wide { max-width: none; padding: 0; }
  .top { padding-top: 0; }
  h1 { font-size: 26pt; } h2 { font-size: 14pt; margin-bottom: 3pt; } .figure { font-size: 22pt; } p { margin-bottom: 6pt; }
  .beat-head .eyebrow { margin-bottom: 3pt; } .answer .bar { margin-top: 3pt; height: 5pt; } svg.bar { height: 4pt; } .check { margin-top: 4pt; } .small { font-size: 8pt; }
  h2, h3, caption, thead { break-after: avoid; }
  .timeline { grid-template-columns: repeat(7, 1fr); gap: 8pt; margin: 12pt 0 16pt; }
  .timeline .when, .timeline .of, .timeline .what { font-size: 7.4pt; } .timeline .many { font-size: 10.5pt; } .timeline .short { font-size: 8pt; }
  section.part { padding: 8pt 0; }
  .beat, .card, .note, .reading, .keep, tr { break-inside: avoid; }
  .answer { grid-template-columns: 20rem 1fr; margin: 0 0 6pt; gap: 1.5rem; } .answer p { margin-bottom: 0; }
  .notes { margin-bottom: 6pt; gap: 8pt; } .notes.both { grid-template-columns: 1.7fr 1fr; } .note ul.many { columns: 2; }
  .note { padding: 5pt 9pt; } .note li, .note p { font-size: 7.8pt; line-height: 1.35; margin-bottom: 1.5pt; } .note h3 { font-size: 8.8pt; margin-bottom: 2pt; }
  th, td { padding-top: 1.1pt; padding-bottom: 1.1pt; } caption { padding-bottom: 1pt; } table { font-size: 7.9pt; line-height: 1.25; } thead th, .pill { font-size: 7pt; } .pill { line-height: 1.15; }
  .beat:has(.release) { break-inside: auto; } .beat-head, .answer { break-after: avoid; break-inside: avoid; } .beat > .notes { break-after: avoid; } .groups { break-inside: avoid; }
  .release { margin-top: 6pt; } .facts { grid-template-columns: 9rem minmax(0, 1fr); gap: 1pt 8pt; font-size: 7.8pt; line-height: 1.35; margin-bottom: 3pt; }
  .recall, .limits { margin: 6pt 0 0; padding-left: 6pt; } .made { margin: 8pt 0 3pt; } .answers code { font-size: 7pt; }
  .cards { grid-template-columns: 1fr 1fr; gap: 9pt; }
  .card { padding: 9pt 11pt; } .card .who { min-height: 3em; font-size: 8.4pt; margin: 2pt 0 5pt; } .card p { margin-bottom: 2pt; } .card li { font-size: 8pt; padding: 2pt 0; } .strip { margin-bottom: 5pt; }
}
`
