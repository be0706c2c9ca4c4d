// A new request: a file that `check` reads, and on record, with what whoever asks has to say for it.
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeNewFile } from '../adapters/keys/seed-file.ts'
import { canonicalJson } from '../model/canonical.ts'
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { RequestBody } from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import { readRequest } from '../policy/read-request.ts'
import { writeRequest } from '../policy/write-request.ts'
import { recordDocument } from '../register/record-document.ts'
import { type Answers, draftRequest } from '../release/draft-request.ts'
import type { App } from './open-app.ts'
import { readRequestFile } from './read-request-file.ts'

/** `request.invalid` with its findings, and no file, when the answers make no request that this policy knows. */
export async function newRequest(
  { register, configuration }: App,
  policy: Policy,
  { path, answers }: { path: string; answers: Answers },
): Promise<{ request: SharingRequest; position: number }> {
  const draft = draftRequest(answers)
  const text = writeRequest(draft.request)
  const { findings } = readRequest(text, path, policy)
  if (findings.length > 0) throw new Problem('request.invalid', path, { findings })
  await mkdir(dirname(path), { recursive: true })
  if (!(await writeNewFile(path, text)))
    throw new Problem('value.invalid', `${path} is there already; a new request has a name of its own`)
  try {
    // As `check` will read it, its selection included.
    const request = await readRequestFile(path, policy)
    const body: RequestBody = { request, answers: draft.answers }
    const { position } = await recordDocument(register, {
      kind: 'request',
      about: request.id,
      body: canonicalJson(body),
      actor: configuration.actor,
    })
    return { request, position }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}
