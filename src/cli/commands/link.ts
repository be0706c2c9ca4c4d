// fairshare link: two enrolments are one person, as sure as somebody is; what either refused counts for both.

import { Problem } from '../../model/problem.ts'
import type { Link } from '../../model/release.ts'
import { linkPeople } from '../../register/link-people.ts'
import { subjectOf } from '../../service/person-rights.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { personOption } from './file-options.ts'
import { recordedLines } from './recorded-lines.ts'

export const linkCommand: Command = {
  name: 'link',
  summary: 'Record that two enrolments are one person, with a confidence',
  usage: '<kind:reference> <kind:reference> --confidence <percent> --because <words>',
  example: 'link member:M0000042 member:M0000043 --confidence 98 --because "same name, birthday and address"',
  options: {
    confidence: {
      type: 'string',
      value: 'percent',
      says: '0 to 100; with less than the packs ask it is a doubt',
    },
    because: { type: 'string', recorded: true, value: 'words', says: 'what it rests on; no personal value' },
  },
  run: (invocation) => {
    const confidence = percent(required(invocation.options.confidence, '--confidence <percent>'))
    return recordLink(invocation, (a, b) => ({ a, b, says: 'same', confidence }))
  },
}

/** Shared with `unlink`, which takes the same two people. */
export async function recordLink(
  { arguments: given, options, configuration, terminal }: Invocation,
  linkOf: (a: number, b: number) => Link,
): Promise<number> {
  atMost(2, given, 'two people at a time')
  const [one, other] = [personAt(given[0]), personAt(given[1])]
  const because = required(options.because, '--because <words>')
  const recorded = await useExisting(configuration, async ({ register }) => {
    const [a, b] = [await subjectOf(register, one), await subjectOf(register, other)]
    return linkPeople(register, { links: [linkOf(a, b)], because, actor: configuration.actor })
  })
  for (const line of recordedLines(recorded, options.json === true)) terminal.print(line)
  return 0
}

function personAt(argument: string | undefined): { kind: string; value: string } {
  return personOption(required(argument, '<kind:reference>'))
}

function percent(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 100)
    throw new Problem('value.invalid', '--confidence is a whole number from 0 to 100')
  return Number(text)
}
