// `replay`: the rules run again over the facts a decision kept, and what comes out is held to the verdicts on record, byte by
// byte. What has changed in the program, its packs and the policy since is named, with what it explains.
import { compileReplay, mateColumns } from '../decide/compile-decision.ts'
import { countDecision, type SetDecision } from '../decide/decide-set.ts'
import { readFacts } from '../decide/facts/given-facts.ts'
import { packHashes } from '../decide/pack-hash.ts'
import { type DecisionPlan, planDecision, recordCodes } from '../decide/plan.ts'
import { projectionVersion } from '../decide/projection-schema.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { subjectFacts } from '../decide/subject-facts.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { DecisionBody } from '../model/release.ts'
import { readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import { deciderVersion, stopwatch } from './check-request.ts'
import { columnNames, compareRecords, type RecordComparison } from './compare-records.ts'
import type { DecisionContext, OnStep, PolicyBook } from './decision-context.ts'
import { openArtefact } from './load-decided-dataset.ts'
import { readDecision, type Stated } from './read-release.ts'
import { readDecisionBook } from './read-standing.ts'
import { type FactsReplay, replayFacts } from './replay-facts.ts'
import { artefactRelation } from './verdict-table.ts'

export type Replay = {
  request: string
  position: number
  decidedAt: Instant
  /** `other-rules`: those of then are not at hand, so nobody can say that they gave this. */
  answer: 'identical' | 'differs' | 'other-rules'
  changed: Changed[]
  rules: RulesReplay
  /** What the decision on record counted, where it comes out otherwise now. */
  counts: CountDifference[]
  facts?: FactsReplay
  seconds: { rules: number; facts?: number }
}

export type Changed = {
  what: 'pack' | 'policy' | 'decider' | 'projection' | 'mask codes'
  name: string
  was: string | undefined
  now: string | undefined
  /** Differences found that it may be the cause of. */
  explains: ('rules' | 'facts')[]
}

export type RulesReplay = {
  identical: boolean
  /** Facts that rules ask for now and the decision did not keep; then nothing could be run. */
  missing: readonly string[]
  /** Hashes of the verdicts; `now` is absent where nothing could be run. */
  sha256: { was: string; now?: string }
  /** Absent where the bytes are the same. */
  records?: RecordComparison
}

export type CountDifference = { what: string; was: number | string; now: number | string }

export type ReplayOptions = {
  /** An empty engine of its own: then the facts are worked out again as well. */
  facts?: SetEngine
  onStep?: OnStep
}

export async function replayDecision(
  context: DecisionContext,
  decision: Stated<DecisionBody>,
  options: ReplayOptions = {},
): Promise<Replay> {
  return context.engine.inTurn(() => replay(context, decision, options))
}

/** `<request>`: its newest decision; `<request>@<position>`, or the position alone: that one. */
export async function findDecision(
  session: Pick<StoreSession, 'query'>,
  named: string,
): Promise<Stated<DecisionBody>> {
  const [, about, at] = /^(.+)@(\d{1,15})$/.exec(named) ?? []
  const found =
    (await readDecision(session, named)) ??
    (about === undefined ? undefined : await readDecision(session, about, Number(at))) ??
    (/^\d{1,15}$/.test(named) ? await decisionAt(session, Number(named)) : undefined)
  if (found === undefined) throw new Problem('request.not_found', named)
  return found
}

async function decisionAt(session: Pick<StoreSession, 'query'>, position: number) {
  const [document] = await readDocuments(session, { kind: 'decision', position })
  return document && readDecision(session, document.about, position)
}

async function replay(
  context: DecisionContext,
  decision: Stated<DecisionBody>,
  { facts: scratch, onStep = () => {} }: ReplayOptions,
): Promise<Replay> {
  const { body } = decision
  const lap = stopwatch()
  onStep({ step: 'running the rules again', done: 0 })
  const artefact = await openArtefact(context, artefactOf(body))
  const book = await bookOfThen(context, body)
  const plan = await planOfThen(context, body, book)
  const kept = { relation: artefactRelation(artefact.path), sha256: artefact.sha256 }
  const { rules, decided } = await replayRules(context.engine, plan, kept)
  onStep({ step: 'running the rules again', done: 1 })
  const rulesSeconds = lap()
  const facts =
    scratch && (await replayFacts(context, { body, book, relation: kept.relation, engine: scratch, onStep }))
  const counts = decided === undefined ? [] : countDifferences(body, decided)
  const differing = {
    rules: !rules.identical || counts.length > 0,
    facts: facts !== undefined && !facts.identical,
  }
  const changed = changedSince(body, plan, book, differing)
  return {
    ...{ request: body.request.id, position: decision.position, decidedAt: decision.recordedAt },
    answer: answerOf(changed, differing),
    ...{ changed, rules, counts },
    ...(facts && { facts }),
    seconds: { rules: rulesSeconds, ...(facts && { facts: lap() }) },
  }
}

function artefactOf({ request, position, artefactSha256 }: DecisionBody) {
  if (artefactSha256 === undefined)
    throw new Problem('decision.stale', `${request.id} was checked without keeping its verdicts`)
  return { file: `${request.id}@${position}.parquet`, sha256: artefactSha256 }
}

/** The policy as it was published when the decision was made, with the file that no policy declares. */
async function bookOfThen(context: DecisionContext, body: DecisionBody): Promise<PolicyBook> {
  const book = await context.readBook(undefined, body.position)
  if (body.dataset === undefined) return book
  const datasets = [...book.policy.datasets, { ...body.dataset, location: '' }]
  return { ...book, policy: { ...book.policy, datasets } }
}

/** Facts of the request and of the notices are taken as they were kept; a decision that kept none has them worked out. */
async function planOfThen(
  context: DecisionContext,
  body: DecisionBody,
  book: PolicyBook,
): Promise<DecisionPlan> {
  const { request, position: upTo, requestFacts, noticeFacts } = body
  const judgedBy = await readDecisionBook(context, request, { book, upTo })
  const given = requestFacts && noticeFacts && readFacts({ requestFacts, noticeFacts })
  return planDecision(request, judgedBy, given)
}

// --- rules -------------------------------------------------------------------------------------------------------

const replayed = 'replayed'

async function replayRules(
  engine: SetEngine,
  plan: DecisionPlan,
  kept: { relation: string; sha256: string },
): Promise<{ rules: RulesReplay; decided?: SetDecision }> {
  const { relation, sha256: was } = kept
  const present = await columnNames(engine, relation)
  const names = new Set<string>(subjectFacts.map(({ name }) => name))
  const clusters = present.includes('mates_fields')
  const facts = present.filter((name) => names.has(name))
  const compiled = compileReplay(plan, { relation, facts, clusters })
  const missing = [
    ...compiled.missing,
    ...(clusters ? mateColumns.filter((name) => !present.includes(name)) : []),
  ]
  if (missing.length > 0) return { rules: { identical: false, missing, sha256: { was } } }
  try {
    await engine.run(`create or replace temp table ${replayed} as ${compiled.verdicts}`)
    const decided = await countDecision(engine, plan, { target: replayed, clusters })
    const rows = `select ${compiled.columns.join(', ')} from ${replayed}`
    const { sha256: now } = await engine.hashParquet(`select * from (${rows}) order by ordinal`)
    if (now === was) return { rules: { identical: true, missing, sha256: { was, now } }, decided }
    const records = await compareRecords(engine, relation, `(${rows})`)
    return { rules: { identical: false, missing, sha256: { was, now }, records }, decided }
  } finally {
    await engine.run(`drop table if exists ${replayed}`)
  }
}

function countDifferences(body: DecisionBody, decided: SetDecision): CountDifference[] {
  const was = countsOf(body)
  const now = countsOf(decided)
  return [...new Set([...was.keys(), ...now.keys()])].flatMap((what) => {
    const difference = { what, was: was.get(what) ?? 0, now: now.get(what) ?? 0 }
    return difference.was === difference.now ? [] : [difference]
  })
}

function countsOf({
  considered,
  outcomes,
  file,
  reasons,
}: Pick<DecisionBody, 'considered' | 'outcomes' | 'file' | 'reasons'> | SetDecision) {
  return new Map<string, number | string>([
    ['considered', considered],
    ...Object.entries(outcomes),
    ['file', file.map(({ code, cleared }) => (cleared ? `${code} (answered)` : code)).join(', ')],
    ...reasons.flatMap(({ code, count, primary }): [string, number][] => [
      [code, count],
      [`${code} first`, primary],
    ]),
  ])
}

// --- what has changed --------------------------------------------------------------------------------------------

type Differing = { rules: boolean; facts: boolean }

/** What makes the rules other rules than those of then. */
const ruleChanges: readonly Changed['what'][] = ['pack', 'decider', 'mask codes']

function answerOf(changed: readonly Changed[], differing: Differing): Replay['answer'] {
  if (changed.some(({ what }) => ruleChanges.includes(what))) return 'other-rules'
  return differing.rules || differing.facts ? 'differs' : 'identical'
}

function changedSince(
  body: DecisionBody,
  plan: DecisionPlan,
  book: PolicyBook,
  differing: Differing,
): Changed[] {
  const packsNow = packHashes([...plan.packs.collection, ...plan.packs.release])
  const ids = [...new Set([...Object.keys(body.packHashes), ...Object.keys(packsNow)])]
  const [decider, projection] = [body.deciderVersion, body.projectionVersion]
  const held: Omit<Changed, 'explains'>[] = [
    ...ids.map((id) => ({ what: 'pack' as const, name: id, was: body.packHashes[id], now: packsNow[id] })),
    { what: 'policy', name: 'the policy at that position', was: body.policyHash, now: book.policyHash },
    { what: 'decider', name: 'version', was: `${decider}`, now: `${deciderVersion}` },
    { what: 'projection', name: 'version', was: `${projection}`, now: `${projectionVersion}` },
    {
      what: 'mask codes',
      name: codesMoved(body.maskCodes),
      was: body.maskCodes.join(' '),
      now: recordCodes.join(' '),
    },
  ]
  return held
    .filter(({ was, now }) => was !== now)
    .map((change) => ({ ...change, explains: explained(change.what, differing) }))
}

/** The tables that facts are gathered from have no part in rules that run over facts kept. */
function explained(what: Changed['what'], differing: Differing): Changed['explains'] {
  return [
    ...(differing.rules && what !== 'projection' ? ['rules' as const] : []),
    // A pack's numbers say which link is sure enough, which evidence counts, who is of age.
    ...(differing.facts && what !== 'mask codes' ? ['facts' as const] : []),
  ]
}

function codesMoved(was: DecisionBody['maskCodes']): string {
  const added = recordCodes.filter((code) => !was.includes(code))
  const gone = was.filter((code) => !recordCodes.includes(code))
  if (added.length + gone.length === 0) return 'their order'
  return [...added.map((code) => `${code} added`), ...gone.map((code) => `${code} gone`)].join(', ')
}
