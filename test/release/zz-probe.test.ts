import { join } from 'node:path'
import { expect, test } from 'vitest'
import { releaseRequest } from '../../src/release/release-request.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { newDatabase, newFolder } from './club-places.ts'
import { askAndApprove, foundClub, open, openRemoval, refsOfPeople, statement, start } from './small-club.ts'
const t0 = performance.now()
const lap = (s: string) => console.log(s, Math.round(performance.now() - t0))
test('probe', async () => {
  const home = newFolder('probe')
  lap('start')
  const databaseUrl = await newDatabase()
  lap('db')
  const club = await foundClub({ home: home.path, databaseUrl })
  lap('founded')
  for (let i = 1; i < 4; i++) {
    const result = await askAndApprove(club, `r${i}`)
    lap('asked ' + JSON.stringify(result.outcomes) + JSON.stringify(result.file) + JSON.stringify(result.reasons.map((r) => r.code)))
    const released = await releaseRequest(await club.context(), `r${i}`)
    lap('released ' + released.released + JSON.stringify(released.seconds))
    const o = await open(club, released.folder!, join(home.path, 'opened' + i))
    lap('opened ' + o.subjects.length)
    await objectToProcessing(club.app.register, { ...statement(i, club.clock.at), qualifier: 'marketing' })
    const f = await followUp(await club.context())
    lap('followed ' + JSON.stringify(f.map((x) => [x.release, x.count])))
    const { subjectOf } = await refsOfPeople(club, f[0]!.release)
    console.log((await openRemoval(club, f[0]!.folder)).map(subjectOf))
  }
  await club.close()
  home.remove()
})
