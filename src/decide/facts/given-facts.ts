// Facts of a request and of its notices as a decision keeps them: what is unknown is left out. They hold nothing personal,
// and with them the rules can be run again without working out anything anew.
import type { Literal, Value } from '../expression.ts'
import type { NoticeFacts } from '../notice-facts.ts'
import { noticeFacts, type RequestFacts, requestFacts } from '../plain-facts.ts'

export type GivenFacts = {
  request: RequestFacts
  /** By notice id; undefined = "no notice shown". */
  notices: ReadonlyMap<string | undefined, NoticeFacts>
}

/** As a document keeps them; '' is "no notice shown". */
export type WrittenFacts = {
  requestFacts: Record<string, Literal>
  noticeFacts: Record<string, Record<string, Literal>>
}

/** Of a plan. */
export function writeFacts(plan: {
  requestFacts: RequestFacts
  notices: ReadonlyMap<number, { id: string | undefined; facts: Readonly<Record<string, Value>> }>
}): WrittenFacts {
  return {
    requestFacts: known(plan.requestFacts),
    noticeFacts: Object.fromEntries(
      [...plan.notices.values()].map(({ id, facts }) => [id ?? '', known(facts)]),
    ),
  }
}

export function readFacts(written: WrittenFacts): GivenFacts {
  return {
    request: valuesOf(requestFacts, written.requestFacts),
    notices: new Map(
      Object.entries(written.noticeFacts).map(([id, facts]) => [
        id === '' ? undefined : id,
        valuesOf(noticeFacts, facts),
      ]),
    ),
  }
}

function known(facts: Readonly<Record<string, Value>>): Record<string, Literal> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]): [string, Literal][] =>
      value === undefined ? [] : [[name, value]],
    ),
  )
}

/** Every fact there is has a value: a rule takes one without for a fact of each person. */
function valuesOf<N extends string>(
  facts: Readonly<Record<N, unknown>>,
  written: Readonly<Record<string, Literal>>,
): Record<N, Value> {
  const names = Object.keys(facts) as N[]
  return Object.fromEntries(names.map((name) => [name, written[name]])) as Record<N, Value>
}
