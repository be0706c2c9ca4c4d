// Names from files of people, policies and requests on their way to SQL: whatever they hold, they stay names, and no table is
// gone afterwards. On the engine for sets, and on both stores of the register.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { parquetEncoder } from '../../src/adapters/parquet/parquet-encoder.ts'
import { compileExpression, sqlName, sqlText } from '../../src/decide/compile-expression.ts'
import { parseSelect } from '../../src/decide/parse-select.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import type { TableFormat } from '../../src/intake/table-reader.ts'
import { isProblem } from '../../src/model/problem.ts'
import { publishPolicy } from '../../src/register/publish-policy.ts'
import type { Register } from '../../src/register/register.ts'
import { termNumbers } from '../../src/register/term-numbers.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { openTestRegister, storeKinds } from '../register/test-registers.ts'
import { newDatabase } from '../release/club-places.ts'
import { askAndApprove, foundClub, minute, open as openDelivered } from '../release/small-club.ts'

const folder = mkdtempSync(join(tmpdir(), "fairshare-sql-'; drop table x; --"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** None has a NUL: no file that is read and no argument of a process can hold one (`sizes.test.ts`). */
const hostileNames = [
  ...['a"; drop table x; --', "a'; drop table x; --", "'||pg_sleep(9)||'", "' or 1=1 --", '") or true --'],
  ...[
    '$$',
    '$1',
    '$tag$drop$tag$',
    '\\',
    "\\'",
    '\\N',
    '\\.',
    'a\\',
    '%s',
    '?',
    ':name',
    '@var',
    '{x}',
    '[x]',
  ],
  ...[
    '/* x',
    '*/',
    '--',
    ';',
    '`x`',
    '""',
    "''",
    '"',
    "'",
    'select',
    'null',
    'rowid',
    'file_row_number',
    '*',
  ],
  ...['a\tb', 'x\u202ey', 'é', 'e\u0301', '\u{1f600}', 'ﬀ', 'İ', 'x'.repeat(150), '__proto__', 'constructor'],
]

describe('a name or a text in SQL', () => {
  let engine: SetEngine
  beforeAll(async () => {
    engine = await openSetEngine({ file: ':memory:', temporaryFolder: join(folder, 'engine') })
    await engine.run('create table x (kept integer)')
    return () => engine.close()
  })

  test.each(hostileNames.map((name) => [JSON.stringify(name), name]))(
    '%s stays what it is',
    async (_, name) => {
      const table = sqlName(`t_${name}`)
      await engine.run(`create table ${table} (${sqlName(name)} integer, b varchar)`)
      await engine.run(`insert into ${table} values (7, ${sqlText(name)})`)
      const condition = compileExpression({ op: '=', left: { fact: name }, right: { literal: 7 } }, sqlName)
      expect(await engine.rows(`select b from ${table} where ${condition}`)).toEqual([{ b: name }])
      await engine.run(`drop table ${table}`)
      expect(await engine.rows('select count(*)::integer as n from duckdb_tables()')).toEqual([{ n: 1 }])
    },
  )

  test('with NUL is none', () => {
    expect(() => sqlName('a\0b')).toThrow()
  })

  test('of a selection is a word, and nothing else gets through to SQL', () => {
    for (const name of hostileNames) {
      for (const text of [name, `a = '${name}'`, `a = ${name}`, `${name} = 1`, `a in ('${name}')`]) {
        let sql: string
        try {
          sql = compileExpression(
            parseSelect(text, () => 4711),
            sqlName,
          )
        } catch (error) {
          if (!isProblem(error)) throw error
          continue
        }
        // Names of letters and digits in quotes, numbers, and the words of the language.
        expect(sql).toMatch(
          /^(?:"[A-Za-z_][A-Za-z0-9_]*"|-?\d+|[()=<>, ]|and|or|not|in|is|null|true|false|case|when|then|else|end)+$/,
        )
      }
    }
  })
})

describe('a file of people', () => {
  const reader = fileTableReader({ temporaryFolder: join(folder, 'spill') })

  async function columnsRead(path: string, format: TableFormat): Promise<string[][]> {
    const table = await reader.open({ path, format })
    const rows: string[][] = []
    for await (const batch of table.read(table.columns, () => {}))
      for (let row = 0; row < batch.count; row++) rows.push(batch.columns.map((cells) => cells[row] ?? ''))
    return [table.columns, ...rows]
  }

  /** Once each but for capitals, and none that a header with would be taken for a record. */
  const names = hostileNames.filter(
    (name, index) =>
      !/@|^[\d\s/().:+-]+$/.test(name) &&
      hostileNames.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index,
  )

  test('has its columns, whatever they are called and wherever it lies', async () => {
    const cells = names.map((name) => `cell of ${name}`)
    const encoder = parquetEncoder(names)
    encoder.add(cells)
    const quoted = (list: readonly string[]) =>
      list.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
    const files: [TableFormat, string | Uint8Array][] = [
      ['csv', `${quoted(names)}\n${quoted(cells)}\n`],
      ['json', JSON.stringify([Object.fromEntries(names.map((name, i) => [name, cells[i]]))])],
      ['parquet', encoder.end()!],
    ]
    for (const [format, content] of files) {
      for (const file of ["people'; drop table x; --", 'a [b] {c} * ?', 'year=2017', '$$', '\\', '"']) {
        const path = join(folder, `${file}.${format}`)
        writeFileSync(path, content)
        const [columns, row] = await columnsRead(path, format)
        expect([...columns!].sort()).toEqual([...names].sort())
        expect([...row!].sort()).toEqual([...cells].sort())
      }
    }
  })
})

describe.each(storeKinds)('a register on %s', (kind) => {
  let register: Register
  beforeAll(async () => {
    const opened = await openTestRegister(kind)
    register = opened.register
    return opened.dispose
  })

  const tables = async () =>
    register.store.query<{ name: string }>(
      "select table_schema || '.' || table_name as name from information_schema.tables where table_schema in ('register', 'erasable') order by 1",
    )

  test('keeps its tables whatever sources, people and policies are called', async () => {
    const before = await tables()
    expect(before.length).toBeGreaterThan(10)
    const numbers = await termNumbers(register, 'source', hostileNames)
    expect([...numbers.keys()].sort()).toEqual([...hostileNames].sort())
    expect(new Set(numbers.values()).size).toBe(hostileNames.length)
    await publishPolicy(
      register,
      hostileNames.map((name) => ({ kind: 'entity' as const, name, body: JSON.stringify({ id: name }) })),
      "dpo'; drop table register.event; --",
    )
    expect(await tables()).toEqual(before)
  })
})

test('a release is made in a data folder of such a name, and every table is there afterwards', async () => {
  const home = join(folder, `"home"'; drop table subject; -- $$ [a] * é`)
  const club = await foundClub({ home, databaseUrl: await newDatabase(), people: 12 })
  try {
    const tables = () => club.app.engine.rows('select table_name from duckdb_tables() order by 1')
    const before = await tables()
    await askAndApprove(club, 'letter')
    club.clock.at += minute
    const { folder: delivered } = await releaseRequest(await club.context(), 'letter')
    expect(delivered?.startsWith(home)).toBe(true)
    const { refs } = await openDelivered(club, delivered!, join(home, 'opened'))
    expect(refs).toHaveLength(12)
    expect(await tables()).toEqual(expect.arrayContaining(before))
  } finally {
    await club.close()
  }
})
