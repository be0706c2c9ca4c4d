// A story on a terminal: chapter by chapter, what happened, what was answered, what is red, amber and green.
import { count } from '../terminal.ts'
import { type Paint, paintFor } from './paint.ts'
import { duration, people, printable, sentence, size, wrap } from './readable.ts'
import { type StoryChapter, type StoryReport, unexpected } from './story-report.ts'
import { wordsFor } from './words-for.ts'

type Page = { paint: Paint; width: number; codes: boolean }

const widthMax = 100
const indent = '   '

export function renderStory(
  report: StoryReport,
  options: { codes: boolean; color: boolean; width: number },
): string {
  const page: Page = {
    paint: paintFor(options.color),
    width: Math.max(60, Math.min(widthMax, options.width)),
    codes: options.codes,
  }
  return [
    '',
    page.paint.strong(printable(report.title)),
    page.paint.quiet(`${people(report.people)}, ${count(report.facts)} recorded facts about them`),
    ...report.chapters.flatMap((chapter, index) => chapterLines(chapter, index + 1, page)),
    '',
    page.paint.strong('What a register alone cannot see'),
    ...report.notSeen.flatMap((text) => hanging('– ', text, page)),
    '',
    page.paint.strong('What was made'),
    ...report.made.flatMap(({ path, what }) => [`${indent}${printable(path)}`, `${indent}  ${what}`]),
    '',
    page.paint.quiet(
      `${duration(report.totalSeconds)} in all; at most ${size(report.peakRssBytes)} of memory`,
    ),
  ].join('\n')
}

function chapterLines(chapter: StoryChapter, number: number, page: Page): string[] {
  const { day, title, story, answers, obligations, asExpected } = chapter
  return [
    '',
    ...wrap(`${number}  ${day}: ${title}`, page.width).map(page.paint.accent),
    ...wrap(story, page.width, indent),
    ...answers.flatMap((answer) => [
      ...hanging('→ ', sentence(answer.says), page),
      ...answer.codes.flatMap((code) =>
        hanging('  – ', `${wordsFor(code).says}${page.codes ? ` (${code})` : ''}`, page),
      ),
    ]),
    ...obligations.flatMap(({ light, words }) => hanging(`${light.toUpperCase().padEnd(5)} `, words, page)),
    ...(asExpected ? [] : hanging('! ', unexpected, page)),
  ]
}

/** The mark once, the text beside it however long it is. */
function hanging(mark: string, text: string, { width }: Page): string[] {
  const rest = indent + ' '.repeat(mark.length)
  return wrap(text, width, rest).map((line, index) =>
    index === 0 ? `${indent}${mark}${line.slice(rest.length)}` : line,
  )
}
