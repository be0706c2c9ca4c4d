// A register history in words: one line for what happened and when, one for how it is known.
import type { EventKind } from '../../model/event.ts'
import { dateOf, dateToIso, type Instant, wholeDay } from '../../model/instant.ts'
import type { NamedEvent } from '../../service/named-history.ts'

export function historyLines(events: readonly NamedEvent[], zone: string): string[] {
  if (events.length === 0) return ['Enrolled; nothing else is recorded.']
  const width = Math.max(...events.map((event) => when(event, zone).length))
  const lines = events.flatMap((event) => {
    const { grade, source, actor, recordedAt, position } = event
    return [
      `${when(event, zone).padEnd(width)}  ${what[event.kind](event)}`,
      `${''.padEnd(width)}  grade ${grade}, from ${source}; recorded by ${actor} ${local(recordedAt, zone)}, position ${position}`,
    ]
  })
  return [...lines, `Times of day in ${zone}; a date alone is some time that day.`]
}

/** A date stands for the whole of it; two texts with a dash for any other interval. */
function when({ earliest, latest }: NamedEvent, zone: string): string {
  if (earliest === latest) return local(earliest, zone)
  const date = dateOf(earliest, zone)
  const day = wholeDay(date, zone)
  if (day.earliest === earliest && day.latest === latest) return dateToIso(date)
  return `${withZone(earliest, zone)} – ${withZone(latest, zone)}`
}

/** yyyy-mm-dd hh:mm:ss in the zone: the Swedish way of writing is the ISO one. */
function local(instant: Instant, zone: string): string {
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
      `said ${qualifier === 'given' ? 'yes' : 'no'}${recipient === undefined ? '' : ` to ${recipient}`} for ${purpose}`,
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
}
