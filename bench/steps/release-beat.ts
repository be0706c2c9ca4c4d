// Beat 3 released: decided, shaped and sealed, against the bare way, an export of the same rows and columns put through age;
// and the proof apart, which the bare way does not have.
import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { Encrypter } from 'age-encryption'
import { handOver, introduce, placesIn } from '../../examples/baby-club-2017/hand-over.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { type CheckResult, checkRequest } from '../../src/release/check-request.ts'
import type { ReleaseContext } from '../../src/release/decision-context.ts'
import { planShape } from '../../src/release/shape/plan-shape.ts'
import { shapeRows } from '../../src/release/shape/shape-rows.ts'
import { artefactRelation } from '../../src/release/verdict-table.ts'
import { openApp } from '../../src/service/open-app.ts'
import { readRequestFile } from '../../src/service/read-request-file.ts'
import { storyClock } from '../../src/service/story-clock.ts'
import { configuration, dataFolder, decisionContext, example } from '../case-home.ts'
import { caseSize, type Figure, secondsOf, spread, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const aimTimes = 2
const aimProofSeconds = 4

export async function releaseBeat(context: StepContext): Promise<Figure[]> {
  const clock = storyClock(0)
  const app = await openApp({ ...configuration(context), now: clock.now })
  try {
    const deciding = await decisionContext(app, context)
    const request = await readRequestFile(join(example, 'requests', '3-acorn-post.yaml'), deciding.policy)
    clock.set(request.releaseAt)
    const places = placesIn(join(context.folder, 'release'))
    await introduce(app, places)
    const laps = { ours: [] as number[], proof: [] as number[], open: [] as number[], commit: [] as number[] }
    const bare = { command: [] as number[], library: [] as number[] }
    let rows = 0
    for (let round = 0; round < context.rounds; round++) {
      // Another id each time: a release that is there already is not made again.
      const asked = { ...request, id: `${request.id}-round-${round}` }
      clock.set(request.releaseAt)
      const checked = await checkRequest(deciding, asked)
      const release = await handOver(app, deciding, asked, { places, clock, onStep() {} })
      rows = release.rows
      // Once more without committing to the rows, which the bare way does not do: the difference belongs to the proof.
      const alone = await secondsOf(() =>
        shapeAndSealAlone(context, deciding, asked, checked, places.recipientKeys),
      )
      laps.ours.push(checked.seconds.decide + alone)
      laps.proof.push(release.seconds.proof + Math.max(0, release.seconds.shapeAndSeal - alone))
      laps.commit.push(release.seconds.commit)
      laps.open.push(release.seconds.open)
      const plain = join(context.folder, 'bare')
      const exported = await exportBare(app.engine, context, checked.artefact!.path, plain)
      bare.command.push(exported + (await secondsOf(() => sealByCommand(plain, places.recipientKeys))))
      bare.library.push(exported + (await secondsOf(() => sealByLibrary(plain, places.recipientKeys))))
      rmSync(plain, { recursive: true })
    }
    return figures(context, rows, laps, bare)
  } finally {
    await app.close()
  }
}

function figures(
  { people }: StepContext,
  rows: number,
  laps: { ours: number[]; proof: number[]; open: number[]; commit: number[] },
  bare: { command: number[]; library: number[] },
): Figure[] {
  const ours = timed('decide, shape and seal, beat 3', rows, 'rows', laps.ours)
  const times = spread(laps.ours).median / spread(bare.command).median
  ours.against = { ratio: times, what: 'the bare way' }
  const proof = timed(
    'proof of that release: secrets, commitments, trees R and D',
    people,
    'rows',
    laps.proof,
  )
  if (people === caseSize) {
    ours.aim = { says: `≤ ${aimTimes}× the bare way`, met: times <= aimTimes }
    proof.aim = { says: `≤ ${aimProofSeconds} s`, met: spread(laps.proof).median <= aimProofSeconds }
  }
  return [
    ours,
    timed('the bare way: DuckDB export, then the age command', rows, 'rows', bare.command),
    timed('the same with the library age-encryption', rows, 'rows', bare.library),
    proof,
    timed('commit: catch up, approval, membership, the lock', rows, 'rows', laps.commit),
    timed('opened by the recipient: decrypted, R recomputed', rows, 'rows', laps.open),
  ]
}

async function shapeAndSealAlone(
  context: StepContext,
  deciding: ReleaseContext,
  request: SharingRequest,
  checked: CheckResult,
  keys: string,
): Promise<void> {
  const path = join(dataFolder(context), 'members-2018.parquet')
  const relation = artefactRelation(checked.artefact!.path)
  const [ordinals, fields] = await deciding.engine.columns(
    `select ordinal, fields from ${relation} where outcome >= 2 order by ordinal`,
  )
  const plan = planShape(request, deciding.policy, Math.max(...new Set(fields)), 'csv')
  const shaped = shapeRows({
    table: await deciding.reader.open({ path, format: 'parquet' }),
    plan,
    members: { count: ordinals!.length, ordinals: ordinals!, fields: fields! },
    refs: () => '0123456789ABCDEF',
    pseudonymKey: deciding.register.keys.pseudonymKey.bytes,
    encoders: deciding.encoders,
  })
  const file = join(context.folder, 'alone.age')
  await deciding.sealer.seal(recipientIn(keys), shaped.chunks, file)
  rmSync(file)
}

type Engine = Awaited<ReturnType<typeof openApp>>['engine']

/** The same rows and columns, as somebody exports them who has the list of rows already. */
async function exportBare(
  engine: Engine,
  context: StepContext,
  artefact: string,
  folder: string,
): Promise<number> {
  mkdirSync(folder, { mode: 0o700 })
  await engine.run(
    `create or replace temp table bare_rows as select ordinal from ${artefactRelation(artefact)} where outcome >= 2`,
  )
  const members = join(dataFolder(context), 'members-2018.parquet')
  return secondsOf(() =>
    engine.run(
      `copy (select parent_name, home_address from read_parquet('${members}', file_row_number = true)
        where file_row_number + 1 in (select ordinal from bare_rows)) to '${join(folder, 'rows.csv')}' (format csv)`,
    ),
  )
}

function sealByCommand(folder: string, keys: string): void {
  execFileSync('age', ['-r', recipientIn(keys), '-o', join(folder, 'rows.csv.age'), join(folder, 'rows.csv')])
}

async function sealByLibrary(folder: string, keys: string): Promise<void> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipientIn(keys))
  const path = join(folder, 'rows.csv')
  const plain = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>
  const sealed = await encrypter.encrypt(plain)
  await sealed.pipeTo(Writable.toWeb(createWriteStream(`${path}.library.age`)) as WritableStream<Uint8Array>)
  if (statSync(`${path}.library.age`).size <= statSync(path).size) throw new Error('nothing was sealed')
}

function recipientIn(keys: string): string {
  return JSON.parse(readFileSync(join(keys, 'card.json'), 'utf8')).ageRecipient
}
