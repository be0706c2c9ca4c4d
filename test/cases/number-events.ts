// What a case says of a person's history → register events. Dates are read as an import reads them, so that one that can be
// read two ways is ambiguous here too.
import { isTimeFormat, isUnreadable, timeReader } from '../../src/intake/read-time.ts'
import { eventKinds, isRefusing, type RegisterEvent } from '../../src/model/event.ts'
import { type Interval, undatedInterval } from '../../src/model/instant.ts'
import { channels, grades } from '../../src/model/vocabulary.ts'
import type { StatedEvent } from './case-shapes.ts'
import type { CaseNumbers } from './name-numbers.ts'

/** In the order written, one position each. */
export function numberEvents(
  stated: readonly StatedEvent[],
  subject: number,
  numbers: CaseNumbers,
  zone: string,
): RegisterEvent[] {
  return stated.map((event, index) => {
    const { kind } = event
    const said = event[kind]
    return {
      position: index + 1,
      ord: 1,
      kind,
      subject,
      ...intervalOf(event, { home: zone, refuses: isRefusing({ kind, qualifier: qualifierOf(kind, said) }) }),
      grade: grades[event.grade],
      source: 1,
      route: number(numbers.routes, event.route, 'route'),
      notice: number(numbers.notices, kind === 'presentation' ? String(said) : event.notice, 'notice'),
      purpose: number(numbers.purposeNumbers, event.purpose, 'purpose'),
      recipient: number(numbers.recipients, event.recipient, 'entity'),
      channel: event.channel === undefined ? 0 : channels[event.channel as keyof typeof channels],
      basis: 0,
      qualifier: qualifierOf(kind, said),
    }
  })
}

function qualifierOf(kind: keyof typeof eventKinds, said: string | true | undefined): number {
  if (kind === 'presentation') return 0
  return (eventKinds[kind].qualifiers as Record<string, number>)[String(said)] ?? 0
}

function number(known: ReadonlyMap<string, number>, name: string | undefined, what: string): number {
  if (name === undefined) return 0
  const found = known.get(name)
  if (found === undefined) throw new Error(`an event names the ${what} ${name}, which the policy has not`)
  return found
}

/** As an import takes it: a placeholder is no date, and a no is not lost over a date that nobody can read. */
function intervalOf({ at, format, zone }: StatedEvent, source: { home: string; refuses: boolean }): Interval {
  if (at === undefined) return undatedInterval
  if (format !== undefined && !isTimeFormat(format)) throw new Error(`${format} is no format of dates`)
  const reading = timeReader(format, zone === 'unknown' ? undefined : (zone ?? source.home))(at)
  if (!isUnreadable(reading)) return { earliest: reading.earliest, latest: reading.latest }
  if (source.refuses || reading.undated === true) return undatedInterval
  throw new Error(`an import would reject the date ${at}: ${reading.reason}`)
}
