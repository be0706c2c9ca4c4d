// Writes the 2017 case for a number of people: two customer files and the facts about the people in them.
// Same number, same bytes: set-wise SQL over whole numbers, no clock, no chance, no hash of the engine's own.
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type SizedCase, sizeCase } from './cells.ts'
import { factFiles } from './fact-files.ts'
import { memberRowsSql } from './member-files.ts'
import { personTableSql } from './person-table.ts'

type GeneratedFile = { path: string; format: 'parquet' | 'csv'; rows: number; sizeBytes: number }

export type GeneratedCase = {
  /** By file name, in the order written: customer files first, then facts. */
  files: Record<string, GeneratedFile>
  counts: {
    members: number
    joiners: number
    /** Facts of all files together: one event each. */
    events: number
  }
  /** True when everything was there already. */
  reused: boolean
}

/** Called before each file with how many are done. */
export type GenerateProgress = (step: { file: string; done: number; total: number }) => void

type Output = { file: string; format: 'parquet' | 'csv'; sql: string; fact: boolean }
type Stamp = {
  people: number
  program: string
  counts: GeneratedCase['counts']
  files: { file: string; format: 'parquet' | 'csv'; rows: number; sizeBytes: number }[]
}

const STAMP = 'generated.json'

/** Files already there from the same program and number of people are left alone. */
export async function generate(
  outputFolder: string,
  people: number,
  onProgress: GenerateProgress = () => {},
): Promise<GeneratedCase> {
  const sized = sizeCase(people)
  const outputs = outputsOf(sized)
  const program = createHash('sha256')
    .update(JSON.stringify([personTableSql(sized), outputs]))
    .digest('hex')
  const earlier = await readStamp(outputFolder)
  if (earlier?.people === people && earlier.program === program && (await allThere(outputFolder, earlier)))
    return generatedCase(outputFolder, earlier, true)

  await mkdir(outputFolder, { recursive: true })
  // The stamp goes first and comes last: a run cut short leaves files that nobody takes for whole ones.
  await rm(join(outputFolder, STAMP), { force: true })
  const files = await writeFiles(outputFolder, sized, outputs, onProgress)
  const events = files.filter((_, at) => outputs[at]!.fact).reduce((total, { rows }) => total + rows, 0)
  const stamp: Stamp = {
    people,
    program,
    counts: { members: sized.members, joiners: sized.joiners, events },
    files,
  }
  await writeStamp(outputFolder, stamp)
  return generatedCase(outputFolder, stamp, false)
}

function outputsOf(sized: SizedCase): Output[] {
  return [
    { file: 'members-2017.parquet', format: 'parquet', sql: memberRowsSql(sized, 2017), fact: false },
    { file: 'members-2018.parquet', format: 'parquet', sql: memberRowsSql(sized, 2018), fact: false },
    // Two short lists to try by hand: one somebody wants to send, one that went in 2017.
    {
      file: 'people.csv',
      format: 'csv',
      sql: shortList(sized, 2018, ['mother_born_on', 'expected_on']),
      fact: false,
    },
    {
      file: 'sent-2017.csv',
      format: 'csv',
      sql: shortList(sized, 2017, ['child_presence', 'mother_born_on', 'children_born_on']),
      fact: false,
    },
    ...factFiles.map(({ file, format, sql }) => ({ file, format, sql, fact: true })),
  ]
}

function shortList(sized: SizedCase, year: 2017 | 2018, more: readonly string[]): string {
  const columns = ['member_no', 'parent_name', 'home_address', ...more].join(', ')
  return `select ${columns} from (${memberRowsSql(sized, year)}) order by member_no limit 1000`
}

async function writeFiles(
  outputFolder: string,
  sized: SizedCase,
  outputs: readonly Output[],
  onProgress: GenerateProgress,
): Promise<Stamp['files']> {
  const spill = join(outputFolder, '.spill')
  const engine = await DuckDBInstance.create(':memory:', {
    memory_limit: '1GB',
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
    // Two threads take half the time, and write the parts of a `union all` in whichever order they finish.
    threads: '1',
  })
  const connection = await engine.connect()
  try {
    await connection.run(personTableSql(sized))
    const files: Stamp['files'] = []
    for (const [done, output] of outputs.entries()) {
      onProgress({ file: output.file, done, total: outputs.length })
      files.push(await writeFile(connection, outputFolder, output))
    }
    return files
  } finally {
    connection.closeSync()
    engine.closeSync()
    await rm(spill, { recursive: true, force: true })
  }
}

async function writeFile(
  connection: DuckDBConnection,
  outputFolder: string,
  { file, format, sql }: Output,
): Promise<Stamp['files'][number]> {
  const path = join(outputFolder, file)
  const options = format === 'csv' ? 'format csv, header true' : 'format parquet, row_group_size 122880'
  const result = await connection.runAndReadAll(
    `copy (${sql}) to '${path.replaceAll("'", "''")}' (${options})`,
  )
  return { file, format, rows: Number(result.getRows()[0]?.[0]), sizeBytes: (await stat(path)).size }
}

async function readStamp(outputFolder: string): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(join(outputFolder, STAMP), 'utf8')) as Stamp
  } catch {
    return undefined
  }
}

async function allThere(outputFolder: string, stamp: Stamp): Promise<boolean> {
  const sizes = await Promise.all(
    stamp.files.map(({ file }) =>
      stat(join(outputFolder, file)).then(
        ({ size }) => size,
        () => -1,
      ),
    ),
  )
  return stamp.files.every(({ sizeBytes }, at) => sizeBytes === sizes[at])
}

/** Flushed before the rename, so that the name appears only with its content. */
async function writeStamp(outputFolder: string, stamp: Stamp): Promise<void> {
  const unnamed = join(outputFolder, `${STAMP}.tmp`)
  const handle = await open(unnamed, 'w')
  try {
    await handle.writeFile(`${JSON.stringify(stamp, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unnamed, join(outputFolder, STAMP))
}

function generatedCase(outputFolder: string, stamp: Stamp, reused: boolean): GeneratedCase {
  const files = Object.fromEntries(
    stamp.files.map(({ file, ...rest }) => [file, { path: join(outputFolder, file), ...rest }]),
  )
  return { files, counts: stamp.counts, reused }
}
