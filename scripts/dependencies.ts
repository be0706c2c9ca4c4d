// Brings the figures of docs/dependencies.md up to date: version, licence, what each library brings along, and the room it takes
// on this machine's disk. What each is for is written by hand, and a library without that is an error.
import { writeFileSync } from 'node:fs'
import { dependenciesPath, measureDependencies, readDependencyRows, rowOf } from './dependency-rows.ts'

const { text, rows } = readDependencyRows()
const written = new Map(rows.map((row) => [row.name, row]))
let updated = text
for (const measured of measureDependencies()) {
  const row = written.get(measured.name)
  if (row === undefined) throw new Error(`docs/dependencies.md does not say what ${measured.name} is for`)
  updated = updated.replace(row.line, rowOf({ ...measured, reason: row.reason }))
}
writeFileSync(dependenciesPath, updated)
