// A register history in words: one line for what happened and when, one for how it is known.
import type { EventKind } from '../../model/event.ts'
import { dateOf, dateToIso, type Instant, undatedInterval, wholeDay } from '../../model/instant.ts'
import type { NamedEvent } from '../../register/name-events.ts'

export function historyLines(events: readonly NamedEvent[], zone: string): string[] {
  if (events.length === 0) return ['Enrolled; nothing else is recorded.']
  const width = Math.max(...events.map((event) => whenWords(event, zone).length))
  const lines = events.flatMap((event) => {
    const { grade, source, actor, recordedAt, position } = event
    return [
      `${whenWords(event, zone).padEnd(width)}  ${whatWords(event)}`,
      `${''.padEnd(width)}  grade ${grade}, from ${source}; recorded by ${actor} ${local(recordedAt, zone)}, position ${position}`,
    ]
  })
  return [...lines, `Times of day in ${zone}; a date alone is some time that day.`]
}

/** What happened, after “this person”. */
export function whatWords(event: NamedEvent): string {
  return what[event.kind](event)
}

/** A date stands for the whole of it; two texts with a dash for any other interval. */
export function whenWords({ earliest, latest }: NamedEvent, zone: string): string {
  if (earliest === undatedInterval.earliest && latest === undatedInterval.latest) return 'no date'
  if (earliest === latest) return local(earliest, zone)
  const date = dateOf(earliest, zone)
  const day = wholeDay(date, zone)
  if (day.earliest === earliest && day.latest === latest) return dateToIso(date)
  return `${withZone(earliest, zone)} – ${withZone(latest, zone)}`
}

/** yyyy-mm-dd hh:mm:ss in the zone: the Swedish way of writing is the ISO one. */
export function local(instant: Instant, zone: string): string {
  return new Date(Math.floor(instant / 1000)).toLocaleString('sv-SE', { timeZone: zone })
}

/** On the night the clocks go back, one time of day is two instants: only the zone tells them apart. */
function withZone(instant: Instant, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'short' }).formatToParts(
    Math.floor(instant / 1000),
  )
  return `${local(instant, zone)} ${parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone}`
}

const what: Readonly<Record<EventKind, (event: NamedEvent) => string>> = {
  presentation: ({ notice, route }) => `was shown ${notice}${route === undefined ? '' : ` (${route})`}`,
  consent: ({ qualifier, notice, purpose, recipient, channel }) =>
    [
      `said ${qualifier === 'refused' ? 'no' : 'yes'}${qualifier === 'given-by-parent' ? ', by a parent,' : ''}${recipient === undefined ? '' : ` to ${recipient}`} for ${purpose}`,
      channel === undefined ? '' : ` by ${channel}`,
      recipient === undefined ? ', nobody named' : '',
      notice === undefined ? '' : `, asked under ${notice}`,
    ].join(''),
  withdrawal: ({ purpose, recipient, channel }) =>
    `took consent back: ${recipient ?? 'every recipient'}, ${purpose ?? 'every purpose'}, ${channel ?? 'every channel'}`,
  objection: ({ qualifier, recipient, channel }) =>
    `objected${qualifier === 'marketing' ? ' to marketing' : ''}: ${recipient ?? 'every recipient'}, ${channel ?? 'every channel'}`,
  restriction: ({ qualifier }) =>
    qualifier === 'lifted' ? 'the restriction was lifted' : 'processing was restricted',
  erasure: ({ qualifier }) => (qualifier === 'done' ? 'erasure was done' : 'asked for erasure'),
  protection: ({ qualifier }) => `must not be contacted${qualifier === undefined ? '' : ` (${qualifier})`}`,
  identity_doubt: ({ qualifier }) =>
    qualifier === 'resolved' ? 'the doubt about who this is was resolved' : 'doubt about who this is',
  dispute: ({ qualifier }) =>
    qualifier === 'settled' ? 'the dispute about what is held was settled' : 'disputed what is held',
  absence: ({ qualifier }) => absences[qualifier ?? ''] ?? 'cannot be reached',
  listing: ({ qualifier }) =>
    qualifier === 'tps-ended'
      ? 'the number was found no longer registered against calls'
      : `the number was found on the ${qualifier?.toUpperCase()}`,
  seed: ({ qualifier }) => (qualifier === 'test' ? 'is a test row, nobody' : 'is a canary, nobody'),
}

const absences: Readonly<Record<string, string>> = {
  deceased: 'was reported to have died',
  'gone-away': 'was reported to have moved away',
  back: 'can be reached again',
}
