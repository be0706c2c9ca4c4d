// The engine's answer in the words of the story: each group of reasons falls into exactly one group of people.
// The quotas' arithmetic (`expect.ts`) takes no part here; the case compares the two.
import type { CheckResult, ReasonCode, ReasonGroup } from '../../src/index.ts'
import type { BeatId } from './people.ts'

type Sorting = (group: ReasonGroup) => string | undefined

const vetoes: Partial<Record<ReasonCode, string>> = {
  S301: 'said-stop',
  S304: 'erased',
  S310: 'no-contact',
  S312: 'no-contact',
  N401: 'no-evidence',
}

const byPrimary =
  (names: Partial<Record<ReasonCode, string>>): Sorting =>
  ({ primary }) =>
    primary === undefined ? undefined : { ...vetoes, ...names }[primary]

const goes = ({ outcome }: ReasonGroup) => outcome === 'allow' || outcome === 'transform'

/** Not mentioned, left off a list of names, mentioned only later, or covered by no more than “partners” (N403, N406). */
const noParty = 'told-of-no-party'
const toldOfNoParty = byPrimary({ N402: noParty, N403: noParty, N404: noParty, N406: noParty, N407: noParty })
const byPost = byPrimary({
  N407: 'list-omits-brand',
  C708: 'expecting',
  C701: 'under-18',
  C707: 'age-unknown',
  T802: 'unclear-dates',
  T806: 'identity-unclear',
})
const byEmail = byPrimary({
  N407: 'list-omits-brand',
  B509: 'withdrawn',
  B510: 'too-old',
  T802: 'unclear-answer',
  B505: 'bundled',
  B504: 'no-yes',
})
const letterOrLater: Sorting = (group) => {
  if (group.notice === 'members-letter@2017-04') return 'had-the-letter'
  return group.notice?.endsWith('@2018-01') ? 'joined-after' : toldOfNoParty(group)
}

const sortings: Record<BeatId, Sorting> = {
  '1-party-2017': toldOfNoParty,
  '1b-party-control': letterOrLater,
  '2-party-2018': letterOrLater,
  '3-acorn-post': (group) => (goes(group) ? 'may-have-it' : byPost(group)),
  '4-acorn-email': (group) => (goes(group) ? 'said-yes' : byEmail(group)),
  '5-acorn-post-after': (group) => (goes(group) ? 'may-have-it' : byPost(group)),
}

/** People by group of the story. Reasons the story does not know are under `other`, and it then disagrees with the quotas. */
export function countGroups(
  id: BeatId,
  result: CheckResult,
  earlier: CheckResult | undefined,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const group of result.groups) {
    const name = sortings[id](group) ?? 'other'
    counts.set(name, (counts.get(name) ?? 0) + group.count)
  }
  if (id === '5-acorn-post-after' && earlier !== undefined) splitStops(counts, earlier)
  return counts
}

/** Who stopped since the beat before: everyone who says stop now, less those who did then. */
function splitStops(counts: Map<string, number>, earlier: CheckResult): void {
  const before = earlier.reasons.find(({ code }) => code === 'S301')?.primary ?? 0
  const now = counts.get('said-stop') ?? 0
  counts.set('said-stop', before)
  counts.set('says-stop-now', now - before)
}
