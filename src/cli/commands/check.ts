// fairshare check: may these records go, record by record, and why not.

import { dirname } from 'node:path'
import { datasetFile } from '../../intake/table-reader.ts'
import { type Instant, instantFromIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import type { SharingRequest } from '../../model/request.ts'
import type { Channel } from '../../model/vocabulary.ts'
import { bases, channels, type LegalBasis, numberOf } from '../../model/vocabulary.ts'
import { type CheckResult, checkRequest } from '../../release/check-request.ts'
import type { DecisionContext } from '../../release/decision-context.ts'
import { requestForFile } from '../../release/file-request.ts'
import { questionsOf } from '../../release/questions-of.ts'
import { locateBeside, readRequestFile } from '../../service/read-request-file.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { renderCheck } from '../report/check-report.ts'
import { countReasons } from '../report/count-reasons.ts'
import { answerCommand } from '../report/review-report.ts'
import { formatOf, listOption } from './file-options.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'Decide a request, or a file of people, record by record',
  usage: '<request.yaml>   |   <people.csv> --to <recipient> --for <purpose> --by <channel>',
  example: 'check examples/baby-club-2017/requests/3-acorn-post.yaml',
  options: {
    to: {
      type: 'string',
      value: 'entity',
      says: 'recipient, by its id in the policy (with a file of people)',
    },
    'on-behalf-of': {
      type: 'string',
      value: 'entity',
      multiple: true,
      says: 'a further link of the chain; repeat for each',
    },
    for: { type: 'string', value: 'purpose', says: 'purpose, by its id in the policy' },
    by: {
      type: 'string',
      value: 'channel',
      multiple: true,
      says: `one of ${Object.keys(channels).join(', ')}`,
    },
    basis: {
      type: 'string',
      value: 'basis',
      says: 'lawful basis (default: consent for e-mail and texts, else legitimate-interests)',
    },
    fields: { type: 'string', value: 'a,b', says: 'fields asked for (default: every column but the key)' },
    key: {
      type: 'string',
      value: 'column=kind',
      says: 'column that identifies a person (default: as in the declared dataset)',
    },
    sheet: {
      type: 'string',
      value: 'name',
      says: 'sheet of a workbook (default: the only one that is not hidden)',
    },
    on: { type: 'string', value: 'instant', says: 'instant of release (default: now)' },
    because: { type: 'string', value: 'text', says: 'why this is needed and less will not do' },
    'requested-by': {
      type: 'string',
      value: 'name',
      says: 'who asks for this file of people; without it the answer cannot be approved',
    },
    codes: { type: 'boolean', says: 'show the reason codes' },
  },
  async run(invocation) {
    const { terminal } = invocation
    const path = required(invocation.arguments[0], 'a request or a file of people')
    return useApp(invocation.configuration, async (app) => {
      const { context, request } = await prepare(invocation, path, (locate) => app.decisionContext(locate))
      const result = await checkRequest(context, request, { onStep: (step) => terminal.progress(step) })
      printCheck(invocation, result)
      return result.outcomes.allow + result.outcomes.transform > 0 ? 0 : 1
    })
  },
}

/** A YAML file is a request; anything else is a file of people, and the request stands on the command line. */
async function prepare(
  invocation: Invocation,
  path: string,
  contextFor: (locate: DecisionContext['locate']) => Promise<DecisionContext>,
): Promise<{ context: DecisionContext; request: SharingRequest }> {
  const context = await contextFor(locateBeside(dirname(path), invocation.configuration.home))
  if (/\.ya?ml$/.test(path)) return { context, request: await readRequestFile(path, context.policy) }
  return prepareFile(invocation, path, context, Date.now() * 1000)
}

export async function prepareFile(
  { options }: Invocation,
  path: string,
  context: DecisionContext,
  releaseAt: Instant,
): Promise<{ context: DecisionContext; request: SharingRequest }> {
  const format = formatOf(path)
  const sheet = optional(options.sheet)
  const { columns } = await context.reader.open(datasetFile({ format, ...(sheet && { sheet }) }, path))
  const on = optional(options.on)
  const basis = optional(options.basis)
  if (options.fields === '') throw new Problem('usage.invalid', '--fields names at least one column')
  const fields = optional(options.fields)
  const because = optional(options.because)
  const { policy, request } = requestForFile(
    {
      path,
      format,
      ...(sheet && { sheet }),
      columns,
      ...keyOption(optional(options.key)),
      recipient: known(required(options.to, '--to <recipient>'), context.policy.entities, 'recipient'),
      onBehalfOf: listOption(options['on-behalf-of']).map((id) =>
        known(id, context.policy.entities, 'recipient'),
      ),
      purpose: known(required(options.for, '--for <purpose>'), context.policy.purposes, 'purpose'),
      channels: channelOption(options.by),
      ...(basis !== undefined && { basis: basisNamed(basis) }),
      ...(fields !== undefined && {
        fields: fields.split(',').map((name) => fieldNamed(name.trim(), columns)),
      }),
      ...(because !== undefined && { necessity: because }),
      // Nobody, unless said: only an answer somebody has asked for can be approved by somebody else.
      requestedBy: optional(options['requested-by']) ?? '',
      releaseAt: on === undefined ? releaseAt : instantFromIso(on),
    },
    context.policy,
  )
  return { context: { ...context, policy, locate: () => path }, request }
}

function printCheck({ options, terminal }: Invocation, result: CheckResult): void {
  if (options.json === true) terminal.printJson(checkJson(result))
  else terminal.print(renderCheck(result, { codes: options.codes === true }))
}

/** What `check --json` promises, and the evidence for it. */
export function checkJson(result: CheckResult) {
  const { considered, outcomes, recordOutcomes, file, tells, fields, position, packs, artefact, seconds } =
    result
  return {
    id: result.request.id,
    considered,
    outcomes,
    file: file.filter(({ cleared }) => !cleared).map(({ code, slug }) => ({ code, slug })),
    reasons: countReasons(result).map(({ code, slug, count, primary }) => ({
      code: code ?? 'withheld',
      slug: slug ?? 'withheld',
      count,
      primary,
    })),
    questions: questionsOf(
      result.groups,
      file.filter(({ cleared }) => !cleared).map(({ code }) => code),
    ).questions.map((question) => ({ ...question, command: answerCommand(result.request.id, question.id) })),
    recordOutcomes,
    tells,
    fields,
    position,
    packs,
    dataset: {
      sha256: result.dataset.sha256,
      rows: result.dataset.rows,
      rejected: result.dataset.rejected,
      enrolled: result.dataset.enrolled,
    },
    artefact,
    seconds: seconds.dataset + seconds.projection + seconds.decide + seconds.artefact,
    timings: seconds,
  }
}

function channelOption(value: Invocation['options'][string]): Channel[] {
  const names = listOption(value)
  if (names.length === 0) throw new Problem('usage.invalid', '--by <channel> is missing')
  return names.map((name) => {
    numberOf(channels, name, '--by')
    return name as Channel
  })
}

function basisNamed(name: string): LegalBasis {
  numberOf(bases, name, '--basis')
  return name as LegalBasis
}

function keyOption(text: string | undefined): { key?: { column: string; kind: string } } {
  if (text === undefined) return {}
  const [column, kind] = text.split('=')
  if (!column || !kind)
    throw new Problem('usage.invalid', '--key is written <column>=<kind>, e.g. --key member_no=member')
  return { key: { column, kind } }
}

function known(id: string, items: readonly { id: string }[], what: string): string {
  if (items.some((item) => item.id === id)) return id
  throw new Problem('policy.not_found', `${what} must be one of ${items.map((item) => item.id).join(', ')}`)
}

function fieldNamed(name: string, columns: readonly string[]): string {
  if (columns.includes(name)) return name
  throw new Problem('usage.invalid', `--fields: the file has the columns ${columns.join(', ')}`)
}
