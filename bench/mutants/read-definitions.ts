// The named conditions of `packs/definitions.yaml` as the trees that rules have in their place.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Expression } from '../../src/decide/expression.ts'
import type { Finding } from '../../src/model/problem.ts'
import { conditionReader } from '../../src/packs/read-conditions.ts'
import { readParts } from '../../src/packs/read-parts.ts'
import { packsFolder } from '../../src/service/shipped-packs.ts'

const file = 'definitions.yaml'

export function readDefinitions(): Map<string, Expression> {
  const files = new Map([[file, readFileSync(join(packsFolder, file), 'utf8')]])
  const { parts } = readParts(files)
  const findings: Finding[] = []
  const read = conditionReader(files, parts, findings)
  const names = Object.keys(parts.definitions?.value ?? {})
  return new Map(
    names.map((name) => {
      const tree = read(parts.definitions!, [name], name, 'record')
      if (tree === undefined || findings.length > 0) throw new Error(`packs/${file}: ${name} cannot be read`)
      return [name, tree]
    }),
  )
}
