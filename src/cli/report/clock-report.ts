// A clock's answer in words: the date, the steps with their law, and the other dates of the duty.
import type { ClockResult, ClockStep } from '../../clocks/clock.ts'
import type { Due } from '../../clocks/due.ts'

export function clockLines({ duty, due, marks, steps }: ClockResult): string[] {
  const others = Object.entries(marks).map(([name, mark]) => `  ${name}: ${dueInWords(mark)}`)
  return [
    `${duty}: ${dueInWords(due)}`,
    ...steps.flatMap((step, index) => stepLines(step, index + 1)),
    ...(others.length > 0 ? ['Also:', ...others] : []),
  ]
}

function stepLines({ says, gives, law, authority, verified }: ClockStep, number: number): string[] {
  const end = says.includes(gives) ? '' : `: ${gives}`
  return [`  ${number}. ${says}${end}`, `     ${law} (${authority}${verified ? '' : ', unverified'})`]
}

function dueInWords(due: Due): string {
  switch (due.state) {
    case 'on':
      return due.on
    case 'at':
      return `${due.local} (${due.zone})`
    case 'promptly':
      return `promptly, from ${due.from}: ${due.because}`
    case 'open':
      return `no date yet: ${due.because}`
    case 'no-duty':
      return `no duty: ${due.because}`
    case 'refused':
      return `cannot be said: ${due.because}`
  }
}
