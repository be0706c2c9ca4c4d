// Run as a process of its own by postgres-processes.test.ts, several at once on one database: records, enrols, publishes the log,
// asks and releases, and prints what it was told of each.
import { writeSync } from 'node:fs'
import { isProblem } from '../../src/model/problem.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { askAndApprove, openClub, requestOf, start, statement } from '../release/small-club.ts'

const [home = '', databaseUrl = '', name = '', others = ''] = process.argv.slice(2)
const club = await openClub({ home, databaseUrl, clock: { at: start } })
const { register } = club.app
/** Position of every statement that was acknowledged. */
const acknowledged: number[] = []
const checkpoints: string[] = []

async function record(from: number): Promise<void> {
  for (let n = from; n < from + 8; n++) {
    const objects = {
      ...statement(0, start),
      qualifier: 'marketing',
      recipient: 'other',
      enrolIfUnknown: true,
    } as const
    // Newcomers, the same in every process: the slower one finds the enrolment of the quicker.
    const said = await objectToProcessing(register, {
      ...objects,
      ...(n % 2 === 0
        ? { person: { subject: 1 + (n % 30) } }
        : { person: { kind: 'member', value: `NEW-${n}` } }),
    })
    acknowledged.push(said.position)
    if (n % 4 === 0) checkpoints.push((await publishLog(register, club.app.log)).checkpoint)
  }
}

async function release(id: string): Promise<string> {
  try {
    const { folder, repeated } = await releaseRequest(await club.context(), id)
    return repeated ? 'found done' : `delivered to ${folder}`
  } catch (error) {
    if (isProblem(error)) return error.code
    throw error
  }
}

await Promise.all([record(0), record(8)])
const own = `letter-${name}`
await askAndApprove(club, own)
const released: [string, string][] = []
for (const id of [own, ...others.split(',')]) released.push([id, await release(id)])
// Brings the projection to the head as it is now.
const { position } = await checkRequest(await club.context(), requestOf(`last-${name}`, start))
checkpoints.push((await publishLog(register, club.app.log)).checkpoint)
await club.close()
writeSync(1, JSON.stringify({ acknowledged, checkpoints, released, position }))
