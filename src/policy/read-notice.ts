// One notice file: front matter, what a reader found, above the wording exactly as people saw it.
import type { NoticeVersion } from '../model/policy.ts'
import type { Place } from '../model/problem.ts'
import { checkShape } from './check-shape.ts'
import type { Declared, Reading } from './declared.ts'
import { readYaml, withoutByteOrderMark } from './read-yaml.ts'
import { noticeFile } from './schemas.ts'
import { isDeceptive } from './text-shape.ts'

/** `notice` and `version` come from the path; the version in the front matter must agree, lest a copied file lie. */
export function readNotice(
  file: string,
  text: string,
  notice: string,
  version: string,
): Reading<Declared<NoticeVersion>> {
  const parts = splitFrontMatter(text)
  if (parts === undefined)
    return refuse(
      { file, line: 1, column: 1 },
      'the file has no front matter',
      'Start it with a line `---`, the keys, and another line `---`; the wording follows.',
    )
  const yaml = readYaml(file, parts.frontMatter, 1)
  if (yaml.value === undefined) return { value: undefined, findings: yaml.findings }
  const shape = checkShape(noticeFile, yaml.value)
  if (shape.value === undefined) return { value: undefined, findings: shape.findings }
  const wordingPlace = { file, line: parts.wordingLine, column: 1 }
  if (parts.wording === '')
    return refuse(
      wordingPlace,
      'the notice has no wording',
      'Write what people were shown below the second `---`.',
    )
  if (isDeceptive(parts.wording))
    return refuse(
      wordingPlace,
      'the wording holds invisible control characters',
      'Type the passage again without them: a reader must see what the program sees.',
    )
  if (shape.value.version !== version)
    return refuse(
      yaml.value.place(['version']),
      `version \`${shape.value.version}\` stands in a file named ${version}.md`,
      'Make the two agree; a new wording needs a new version and a file of that name.',
    )
  const { categories, ...found } = shape.value
  const told = categories && { categories: categories.told, categoriesQuote: categories.quote }
  const value = {
    notice,
    id: `${notice}@${version}`,
    wording: parts.wording,
    ...found,
    ...(told ?? { categories: [] }),
  }
  return { value: { ...yaml.value, value }, findings: [] }
}

function refuse(place: Place, message: string, remedy: string): Reading<never> {
  return { value: undefined, findings: [{ place, message, remedy }] }
}

/** Line ends become \n first, so that a wording has one hash however it was checked out. */
function splitFrontMatter(
  text: string,
): { frontMatter: string; wording: string; wordingLine: number } | undefined {
  const lines = withoutByteOrderMark(text).replaceAll(/\r\n?/g, '\n').split('\n')
  if (lines[0]?.trimEnd() !== '---') return undefined
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---')
  if (end < 0) return undefined
  return {
    frontMatter: `${lines.slice(1, end).join('\n')}\n`,
    wording: lines
      .slice(end + 1)
      .join('\n')
      .trim(),
    wordingLine: end + 2,
  }
}
