// fairshare clock: when a duty of the law is due, with every step that leads there; nothing is read but the words given.
import {
  checkInputs,
  clockInputs,
  type Duty,
  dutyNamed,
  jurisdictions,
  type Pause,
  rights,
} from '../../clocks/clock-inputs.ts'
import { computeClock } from '../../clocks/compute-clock.ts'
import { Problem } from '../../model/problem.ts'
import { shippedClockLaw } from '../../service/shipped-calendars.ts'
import { type Command, type Invocation, type OptionSpecs, required } from '../command.ts'
import { clockLines } from '../report/clock-report.ts'
import { atMost } from './argument-count.ts'

/** Input of a clock → the option it is given by. */
const optionOf = (input: string) =>
  input === 'pauses' ? 'pause' : input.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const date = (says: string) => ({ type: 'string', value: 'date', says }) as const
const flag = (says: string) => ({ type: 'boolean', says }) as const

const options = {
  received: date('the day it came'),
  'identity-received': date('the day the identity information asked for came'),
  'fee-paid': date('the day the fee was paid'),
  right: { type: 'string', value: 'right', says: rights.join(', ') },
  pause: {
    type: 'string',
    value: 'date..date',
    multiple: true,
    says: 'from asking what is meant to the answer, both days included; "date.." is still open; repeat for each',
  },
  'notice-given': date('the day the person was told of the extension, with reasons'),
  aware: { type: 'string', value: 'time', says: 'when the breach became known, e.g. 2026-03-28T22:15' },
  heard: { type: 'string', value: 'time', says: 'when the person said stop' },
  provider: flag('a provider of public electronic communications (PECR)'),
  'high-risk': {
    type: 'string',
    value: 'yes|no',
    says: 'whether the breach is likely to bring a high risk to people',
  },
  'agreement-hours': { type: 'string', value: 'n', says: 'hours the agreement fixes' },
  'call-on': date('the day of the call'),
  'screened-on': date('the day the list was screened'),
  'registered-on': date('the day the number was registered'),
  obtained: date('the day the data was obtained'),
  'first-communication': date('the day of the first communication with the person'),
  'first-disclosure': date('the day of the first disclosure to another recipient'),
  extended: flag('the regulator has extended its time'),
  given: date('the day the notice was given'),
  until: date('the last day for representations that the notice names'),
  'agreed-until': date('the day both sides agreed to'),
  'conduct-on': date('the day of the conduct'),
  'pay-by': date('the last day of the reduction that the notice names'),
  'amount-pence': { type: 'string', value: 'n', says: 'the penalty, in pence' },
  nation: {
    type: 'string',
    value: 'nation',
    says: 'whose public holidays count: england-and-wales, scotland, northern-ireland',
  },
  jurisdiction: { type: 'string', value: 'law', says: `${jurisdictions.join(' or ')} (default uk)` },
  zone: { type: 'string', value: 'zone', says: 'time zone (default Europe/London where the law is uk)' },
} as const satisfies OptionSpecs

export const clockCommand: Command = {
  name: 'clock',
  summary: 'Say when a duty of the law is due, with every step that leads there',
  usage: `<duty> --received <date> --nation <nation> …

Duties, and what each needs (in brackets: may be left out):
${Object.keys(clockInputs)
  .map((duty) => `  ${duty}: ${needs(duty as Duty)}`)
  .join('\n')}`,
  example: 'clock rights-request --received 2026-11-25 --nation scotland',
  options,
  async run({ options, terminal, arguments: given }) {
    atMost(1, given, 'clock takes one duty; everything else is an option')
    const duty = dutyNamed(required(given[0], '<duty>'))
    const inputs = checkInputs(duty, inputsFrom(duty, options))
    const result = computeClock(duty, inputs, shippedClockLaw())
    if (options.json === true) terminal.printJson(result)
    else for (const line of clockLines(result)) terminal.print(line)
    return result.due.state === 'refused' ? 1 : 0
  },
}

function needs(duty: Duty): string {
  return Object.entries(clockInputs[duty])
    .filter(([input]) => input !== 'jurisdiction' && input !== 'zone')
    .map(([input, kind]) => (kind.endsWith('?') ? `[--${optionOf(input)}]` : `--${optionOf(input)}`))
    .join(' ')
}

function inputsFrom(duty: Duty, options: Invocation['options']): Record<string, unknown> {
  const reads: Readonly<Record<string, string>> = clockInputs[duty]
  refuseOthers(duty, Object.keys(reads).map(optionOf), options)
  const inputs: Record<string, unknown> = {}
  for (const [input, kind] of Object.entries(reads)) {
    const value = readInput(options[optionOf(input)], kind) ?? defaultOf(input, options)
    if (value !== undefined) inputs[input] = value
    else if (!kind.endsWith('?')) throw new Problem('usage.invalid', `${duty} needs --${optionOf(input)}`)
  }
  return inputs
}

/** An option of another duty that was silently ignored would give a wrong date. */
function refuseOthers(duty: Duty, names: readonly string[], given: Invocation['options']): void {
  const known = Object.keys(options)
  const other = Object.keys(given).find((name) => known.includes(name) && !names.includes(name))
  if (other === undefined) return
  throw new Problem(
    'usage.invalid',
    `${duty} reads no --${other}; it reads ${names.map((name) => `--${name}`).join(', ')}`,
  )
}

function defaultOf(input: string, options: Invocation['options']): unknown {
  if (input === 'jurisdiction') return 'uk'
  if (input === 'zone' && (options.jurisdiction ?? 'uk') === 'uk') return 'Europe/London'
  return undefined
}

function readInput(value: Invocation['options'][string], kind: string): unknown {
  if (value === undefined) return undefined
  if (kind.startsWith('number') || kind.startsWith('hours')) return Number(value)
  if (kind.startsWith('flag') && (value === 'yes' || value === 'no')) return value === 'yes'
  if (kind.startsWith('pauses')) return [value].flat().map((text) => pauseFrom(String(text)))
  return value
}

function pauseFrom(text: string): Pause {
  const match = /^(\S+?)\.\.(\S*)$/.exec(text)
  if (match === null)
    throw new Problem('usage.invalid', 'a pause is written 2026-03-02..2026-03-05, an open one 2026-03-02..')
  return { from: match[1]!, ...(match[2] !== '' && { to: match[2]! }) }
}
