// What people were told and what they answered, as the files an organisation would have lying about, one per kind and form.
import { memberNoSql } from './member-numbers.ts'
import type { BeatId } from './people.ts'
import { inGroups, noticeSql, routeSql } from './person-table.ts'

export type FactFile = {
  file: string
  format: 'parquet' | 'csv'
  /** The import mapping in `mappings/`. */
  mapping: string
  sql: string
  /** Imported just before this beat; the others before the first. */
  heldBackUntil?: BeatId
}

const BRAND = `'little-acorn-foods'`
const OFFERS = `'baby-offers'`
const SALE_ON = `date '2017-05-05'`

const notice = `${noticeSql} as notice`
const route = `${routeSql} as route`
const memberNo = `${memberNoSql('number')} as member_no`

/** A veto falls on a day after joining and before the sale. */
const beforeSale = happened(SALE_ON)

const saidYesByEmail = inGroups(
  'email-yes',
  'email-yes-withdrawn',
  'email-yes-withdrawn-all',
  'email-yes-old',
  'joined-email-yes',
)
const withdrew = inGroups('email-yes-withdrawn', 'email-yes-withdrawn-all')

/** Most answers of spring 2018 come from one campaign that repeated each member's own notice; some were given before it. */
const yesOn = `case
  when ${inGroups('email-yes-old', 'joined-email-yes')} then joined_on
  when ${withdrew} then date '2018-01-05' + (in_group % 100)
  when in_group % 5 = 4 then date '2017-12-13' + (in_group // 5 % 75)
  else date '2018-03-01' + (in_group % 103) end`

const withdrawnOn = `date '2018-01-05' + (in_group % 100) + 7 + (in_group // 100 % 50)`

/** 03/04/2016: 3 April, or 4 March when that card did not exist. Days 1 to 3 of April to December, or the 4th to 12th of January to March. */
const paperDay = `1 + in_group % 3`
const paperMonth = `4 + in_group // 3 % 9`

/** 12/01/2018: 12 January, or 1 December, which had not come when the question was put. Days 7 to 12 of January to May. */
const answerDay = `7 + in_group % 6`
const answerMonth = `1 + in_group // 6 % 5`

const stopSeconds = `(9 * 3600 + 41 * 60 + 7)`
const stopSpan = `(17 * 3600 - ${stopSeconds})`

const joinedLater = inGroups('joined-silent', 'joined-email-yes')

/** In the order in which they are written. The first row of every CSV holds the column names. */
export const factFiles: readonly FactFile[] = [
  {
    file: 'presentations.parquet',
    format: 'parquet',
    mapping: 'presentations.yaml',
    sql: `select ${memberNo}, joined_on as shown_on, ${route}, ${notice} from person
      where not ${inGroups('no-evidence', 'unclear-dates')} and not ${joinedLater}
      union all
      select ${memberNo}, date '2017-04-20', 'letter', 'members-letter@2017-04' from person where ${inGroups('had-the-letter')}`,
  },
  {
    file: 'presentations-2018.parquet',
    format: 'parquet',
    mapping: 'presentations.yaml',
    sql: `select ${memberNo}, joined_on as shown_on, ${route}, ${notice} from person where ${joinedLater}`,
    heldBackUntil: '2-party-2018',
  },
  {
    file: 'presentations-paper.csv',
    format: 'csv',
    mapping: 'presentations-paper.yaml',
    sql: `select ${memberNo}, ${slashed(paperDay, paperMonth, 2016)} as shown_on, ${route}, ${notice} from person
      where ${inGroups('unclear-dates')}`,
  },
  {
    file: 'consents.parquet',
    format: 'parquet',
    mapping: 'consents.yaml',
    sql: `${clubAnswers('email', 4)} and not ${joinedLater}
      union all
      ${clubAnswers('call', 2)} and not ${joinedLater}
      union all
      select ${memberNo}, ${yesOn}, ${notice}, ${OFFERS}, ${BRAND}, 'email', 'given' from person where ${saidYesByEmail} and not ${joinedLater}
      union all
      select ${memberNo}, joined_on, ${notice}, ${OFFERS}, null, 'email', 'given' from person where ${inGroups('bundled-yes')}`,
  },
  {
    file: 'consents-2018.parquet',
    format: 'parquet',
    mapping: 'consents.yaml',
    sql: `${clubAnswers('email', 4)} and ${joinedLater}
      union all
      ${clubAnswers('call', 2)} and ${joinedLater}
      union all
      select ${memberNo}, ${yesOn}, ${notice}, ${OFFERS}, ${BRAND}, 'email', 'given' from person where ${saidYesByEmail} and ${joinedLater}`,
    heldBackUntil: '2-party-2018',
  },
  {
    file: 'consents-paper.csv',
    format: 'csv',
    mapping: 'consents-paper.yaml',
    sql: `select ${memberNo}, ${slashed(answerDay, answerMonth, 2018)} as given_on, ${notice}, ${OFFERS} as purpose,
        ${BRAND} as recipient, 'email' as channel, 'given' as answer from person
      where ${inGroups('email-yes-unclear')}`,
  },
  {
    file: 'withdrawals.csv',
    format: 'csv',
    mapping: 'withdrawals.yaml',
    sql: `select ${memberNo}, ${withdrawnOn} as withdrawn_on,
        case when ${inGroups('email-yes-withdrawn')} then ${OFFERS} end as purpose,
        case when ${inGroups('email-yes-withdrawn')} then ${BRAND} end as recipient,
        'email' as channel from person
      where ${withdrew}`,
  },
  {
    file: 'objections-2017.csv',
    format: 'csv',
    mapping: 'objections-2017.yaml',
    sql: `select ${memberNo}, ${beforeSale} as objected_on from person where ${inGroups('said-stop')}`,
  },
  {
    file: 'erasures.csv',
    format: 'csv',
    mapping: 'erasures.yaml',
    sql: `select ${memberNo}, unnest([asked_on, asked_on + 5 + in_group % 20]) as on_day, unnest(['requested', 'done']) as state
      from (select *, ${happened(`date '2017-04-10'`)} as asked_on
        from person where ${inGroups('erased')})`,
  },
  {
    file: 'protections.csv',
    format: 'csv',
    mapping: 'protections.yaml',
    sql: `select ${memberNo}, ${beforeSale} as known_on,
        case when ${inGroups('bereaved')} then 'bereavement' else 'safety' end as ground from person
      where ${inGroups('bereaved', 'unsafe')}`,
  },
  {
    file: 'identity-doubts.csv',
    format: 'csv',
    mapping: 'identity-doubts.yaml',
    sql: `select ${memberNo}, date '2016-10-01' + (in_group % 92) as noted_on from person where ${inGroups('identity-unclear')}`,
  },
  {
    file: 'stops-2018-06-12.csv',
    format: 'csv',
    mapping: 'stops-2018-06-12.yaml',
    sql: `select member_no, '2018-06-12T' || lpad((second // 3600)::varchar, 2, '0') || ':' ||
        lpad((second // 60 % 60)::varchar, 2, '0') || ':' || lpad((second % 60)::varchar, 2, '0') as stopped_at
      from (select ${memberNo}, in_group, ${stopSeconds} + in_group * ${stopSpan} // count(*) over () as second from person
        where ${inGroups('stops-in-2018')})
      order by in_group`,
    heldBackUntil: '5-acorn-post-after',
  },
]

/** The club's own question at joining: `fifths` of every five said yes, the rest said no. */
function clubAnswers(channel: 'email' | 'call', fifths: number): string {
  return `select ${memberNo}, joined_on as given_on, ${notice}, 'club-mail' as purpose, 'cradle-club' as recipient, '${channel}' as channel,
        case when index % 5 < ${fifths} then 'given' else 'refused' end as answer from person
      where not ${inGroups('no-evidence')}`
}

/** A day after joining and before `day`. */
function happened(day: string): string {
  return `joined_on + 1 + ((in_group * 7919::bigint + 430) % (${day} - joined_on - 1))::integer`
}

function slashed(day: string, month: string, year: number): string {
  return `lpad((${day})::varchar, 2, '0') || '/' || lpad((${month})::varchar, 2, '0') || '/${year}'`
}
