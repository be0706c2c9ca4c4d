// Beats 3 and 4 as one statement each, written by hand by someone who knows the rules, the policy and DuckDB: the same
// records allowed and, for each one refused, the same most telling reason. Ours is measured against these.
import { recordCodes } from '../src/decide/plan.ts'
import type { PolicyNumbers } from '../src/decide/policy-numbers.ts'
import { dateFromIso, instantFromIso, startOfDay } from '../src/model/instant.ts'
import type { ReasonCode } from '../src/model/reason.ts'

const zone = 'Europe/London'
const post = 1
const email = 2
const releaseAt = instantFromIso('2018-06-12T09:00:00+01:00')
const consentAtMin = instantFromIso('2017-12-12T09:00:00+00:00')

/** Notices, when each came into use, and what is known of each for this brand and purpose. */
const notices = [
  { id: 'members-letter@2017-04', from: '2017-04-19', namesBrand: true, consentValid: false },
  { id: 'offline-card@2013-01', from: '2013-01-01', namesBrand: false, consentValid: false },
  { id: 'offline-card@2016-03', from: '2016-03-20', namesBrand: true, consentValid: true },
  { id: 'offline-card@2018-01', from: '2018-01-16', namesBrand: true, consentValid: true },
  { id: 'online-form@2014-03', from: '2014-03-01', namesBrand: false, consentValid: true },
  { id: 'online-form@2015-06', from: '2015-06-01', namesBrand: true, consentValid: true },
  { id: 'online-form@2016-09', from: '2016-09-01', namesBrand: true, consentValid: true },
  { id: 'online-form@2018-01', from: '2018-01-16', namesBrand: true, consentValid: true },
  { id: 'ward-pack@2013-05', from: '2013-05-01', refused: 'N407', namesBrand: false, consentValid: false },
  { id: 'ward-pack@2015-02', from: '2015-02-01', namesBrand: false, consentValid: false },
] as const

/** Reasons as numbers that order as the reasons do, so that the most telling one is the least. */
const no = (code: ReasonCode) => recordCodes.indexOf(code)

/** `select ordinal, subject, reason`: the reason is null where nothing refuses. */
export function byPost(numbers: PolicyNumbers, datasetTable: string): string {
  return `with ${noticeRows(numbers)}, ${shown},
granted as (
  select subject, arg_max(earliest, latest) as since from consent
  where qualifier = 1 and recipient = ${brand(numbers)} and channel = ${post} and purpose in (${covering(numbers)}) and latest <= ${releaseAt}
  group by subject
), ${vetoes(numbers, post)},
opted_in as (select subject, since from granted g where not exists (from veto v where v.subject = g.subject and v.latest >= g.since)),
${stopped(
  numbers,
  post,
  `union all
  select subject, ${no('B502')} from withdrawal w where ${touches(numbers, post)} and earliest <= ${releaseAt}
    and not exists (from opted_in i where i.subject = w.subject and i.since > w.latest)`,
)}
select d.ordinal, d.subject, least(
    x.reason,
    ${noticeReason},
    ${personReason},
    case when s.shown_from < n.effective then ${no('T802')} end)::utinyint as reason
from ${datasetTable} d left join shown s on s.subject = d.subject left join notice n on n.number = s.notice
  left join stopped x on x.subject = d.subject`
}

export function byEmail(numbers: PolicyNumbers, datasetTable: string): string {
  const given = `recipient = ${brand(numbers)} and channel = ${email} and latest <= ${releaseAt}`
  return `with ${noticeRows(numbers)}, ${shown},
answered as (
  select subject,
    max(latest) filter (${given}) as given_to,
    arg_max(earliest, latest) filter (${given}) as since,
    arg_max(notice, latest) filter (${given}) as notice,
    arg_max(grade, latest) filter (${given}) as grade,
    bool_or(recipient = ${brand(numbers)} and channel = ${email} and latest > ${releaseAt}) as unclear,
    bool_or(recipient = ${brand(numbers)} and channel <> ${email} and latest <= ${releaseAt}) as other_channel,
    bool_or(recipient is null and latest <= ${releaseAt}) as unnamed,
    bool_or(recipient is null and latest <= ${releaseAt} and notice in (${invalid(numbers)})) as unnamed_invalid
  from consent
  where qualifier = 1 and purpose in (${covering(numbers)}) and earliest <= ${releaseAt}
    and (recipient = ${brand(numbers)} or (recipient is null and channel = ${email}))
  group by subject
), ${vetoes(numbers, email)},
vetoed as (select a.subject from answered a join veto v on v.subject = a.subject where v.latest >= a.since or (a.given_to is null and a.unclear)),
opted_in as (select subject, since from answered where given_to is not null and subject not in (from vetoed)),
${stopped(numbers, email, '')}
select d.ordinal, d.subject, least(
    x.reason,
    ${noticeReason},
    case
      when v.subject is not null then ${no('B509')}
      when a.given_to is not null and a.notice not in (${naming(numbers)}) then ${no('B508')}
      when a.given_to is null and a.unnamed then ${no('B505')}
      when a.unnamed_invalid or (a.given_to is not null and a.notice in (${invalid(numbers)})) then ${no('B512')}
      when a.given_to is null and a.other_channel then ${no('B507')}
      when a.given_to < ${consentAtMin} then ${no('B510')}
      when a.grade > 2 then ${no('B511')}
      when a.given_to is null and not coalesce(a.unclear, false) then ${no('B504')}
    end,
    ${personReason},
    case when s.shown_from < n.effective or a.unclear or (a.since < ${consentAtMin} and a.given_to >= ${consentAtMin}) then ${no('T802')} end
  )::utinyint as reason
from ${datasetTable} d left join shown s on s.subject = d.subject left join notice n on n.number = s.notice
  left join answered a on a.subject = d.subject left join vetoed v on v.subject = d.subject
  left join stopped x on x.subject = d.subject`
}

const shown = `shown as (
  select subject, arg_max(notice, latest) as notice, arg_max(earliest, latest) as shown_from, max(latest) as shown_to
  from presentation where latest <= ${releaseAt} and grade <= 2 group by subject
)`

const noticeReason = `case when s.subject is null or s.shown_to < n.effective then ${no('N401')} else n.refused end`

const personReason = `case when d.expecting_on > 20180612 then ${no('C708')} when d.born_on > 20000612 then ${no('C701')} when d.born_on is null then ${no('C707')} end,
    case when d.duplicate = 1 then ${no('T806')} end`

function noticeRows(numbers: PolicyNumbers): string {
  const rows = notices.map((notice) => {
    const refused = 'refused' in notice ? no(notice.refused) : 'null'
    return `(${number(numbers, notice.id)}, ${refused}, ${startOfDay(dateFromIso(notice.from), zone)})`
  })
  return `notice(number, refused, effective) as (values ${rows.join(', ')})`
}

function vetoes(numbers: PolicyNumbers, channel: number): string {
  return `veto as (
  select subject, max(latest) as latest from (
    select subject, latest from withdrawal where ${touches(numbers, channel)} and earliest <= ${releaseAt}
    union all
    select subject, latest from consent where qualifier = 2 and ${touches(numbers, channel)} and earliest <= ${releaseAt}
  ) group by subject
)`
}

/** The least reason among what few people have. */
function stopped(numbers: PolicyNumbers, channel: number, more: string): string {
  const open = (on: string) => `qualifier = ${on} and earliest <= ${releaseAt}`
  const settledLater = (table: string) =>
    `not exists (from ${table} l where l.subject = t.subject and l.qualifier = 2 and l.latest <= ${releaseAt} and l.earliest > t.latest)`
  const reaches = `(recipient is null or recipient = ${brand(numbers)}) and (channel is null or channel = ${channel})`
  return `stopped as (select subject, min(reason) as reason from (
  select subject, ${no('S304')} as reason from erasure where earliest <= ${releaseAt}
  union all
  select subject, case qualifier when 1 then ${no('S312')} else ${no('S310')} end from protection where earliest <= ${releaseAt}
  union all
  select subject, ${no('S301')} from objection o where ${open('1')} and ${reaches}
    and not exists (from opted_in i where i.subject = o.subject and i.since > o.latest)
  union all
  select subject, ${no('S302')} from objection where ${open('2')} and ${reaches}
  union all
  select subject, ${no('S305')} from restriction t where ${open('1')} and ${settledLater('restriction')}
  union all
  select subject, ${no('T802')} from presentation where earliest <= ${releaseAt} and latest > ${releaseAt}
  union all
  select p.subject, ${no('T802')} from presentation p join repeated_showing r on r.subject = p.subject
    join shown s on s.subject = p.subject
    where p.latest <= ${releaseAt} and p.grade <= 2 and p.notice <> s.notice and p.latest >= s.shown_from
  union all
  select subject, ${no('T806')} from identity_doubt t where ${open('1')} and ${settledLater('identity_doubt')}
  ${more}
) group by subject)`
}

function touches(numbers: PolicyNumbers, channel: number): string {
  return `(recipient is null or recipient = ${brand(numbers)}) and (channel is null or channel = ${channel}) and (purpose is null or purpose in (${touching(numbers)}))`
}

function brand(numbers: PolicyNumbers): number {
  return numbers.recipients.get('little-acorn-foods')!
}

/** Direct marketing as the brand asks for it, and the club's own, which is the same purpose. */
function covering(numbers: PolicyNumbers): string {
  return purposesNamed(numbers, ['baby-offers', 'club-mail'])
}

/** Purposes nobody has mapped touch everything. */
function touching(numbers: PolicyNumbers): string {
  return purposesNamed(numbers, ['baby-offers', 'club-mail', 'insight', 'postal-use'])
}

function purposesNamed(numbers: PolicyNumbers, names: readonly string[]): string {
  const found = [...numbers.purposes].filter(([, { id }]) => names.includes(id)).map(([found]) => found)
  return found.join(', ')
}

function naming(numbers: PolicyNumbers): string {
  return notices
    .filter(({ namesBrand }) => namesBrand)
    .map(({ id }) => number(numbers, id))
    .join(', ')
}

function invalid(numbers: PolicyNumbers): string {
  return notices
    .filter(({ consentValid }) => !consentValid)
    .map(({ id }) => number(numbers, id))
    .join(', ')
}

function number(numbers: PolicyNumbers, notice: string): number {
  return numbers.notices.get(notice)!
}
