// A recipient's certificate as a folder, whole or not there; and a look at one that arrived.
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { buildCertificate } from '../accountability/build-certificate.ts'
import { makeFolder, syncFolder } from '../adapters/files/durable-folder.ts'
import { writeWhole } from '../adapters/files/write-whole.ts'
import { type Check, Checklist, firstFailure, placeText } from '../evidence/check.ts'
import {
  certificateDoesNotSay,
  checkCertifiedRows,
  verifyCertificate,
} from '../evidence/verify-certificate.ts'
import type { NoteVerifier } from '../log/signed-note.ts'
import { type Certificate, certificateFiles } from '../model/certificate.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientKeys } from '../recipient/recipient-desk.ts'
import { logVerifier } from '../register/publish-log.ts'
import type { OnStep } from '../release/decision-context.ts'
import type { App } from './open-app.ts'
import { recipientDesk } from './recipient-desk.ts'

const FILE_MODE = 0o600

/** Made under another name, verified as its recipient would, then renamed: nobody ever sends half of one. */
export async function writeCertificate(
  app: App,
  release: string,
  { out, onStep }: { out: string; onStep: OnStep },
): Promise<Certificate> {
  if (await recipientDesk.files.exists(out)) throw new Problem('out.exists', `${out} is there already`)
  const context = await app.decisionContext(() => '')
  const part = `${resolve(out)}.part`
  await rm(part, { recursive: true, force: true })
  try {
    await makeFolder(dirname(part))
    await mkdir(part, { mode: 0o700 })
    const { certificate, text, signature } = await buildCertificate(context, release, {
      folder: part,
      onStep,
    })
    await writeWhole(join(part, certificateFiles.certificate), Buffer.from(text, 'utf8'), FILE_MODE)
    await writeWhole(join(part, certificateFiles.signature), Buffer.from(signature, 'utf8'), FILE_MODE)
    refuseFailed((await verifyCertificate(recipientDesk.files, part, [logVerifier(app.register)])).checks)
    await rename(part, out)
    await syncFolder(dirname(part))
    return certificate
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}

function refuseFailed(checks: readonly Check[]): void {
  const failed = firstFailure(checks)
  if (failed !== undefined)
    throw new Problem('register.corrupt', `${failed.what}: ${placeText(failed.place)} ${failed.found}`)
}

/** With the recipient's keys also the rows, which are read and not written anywhere. */
export async function verifyCertificateAt(
  folder: string,
  trusted: readonly NoteVerifier[],
  keys: RecipientKeys | undefined,
): Promise<{ checks: Check[]; doesNotSay: string[]; left?: string }> {
  const { files, unsealer } = recipientDesk
  const { checks, certificate } = await verifyCertificate(files, folder, trusted)
  if (certificate === undefined) return { checks, doesNotSay: [] }
  const doesNotSay = certificateDoesNotSay(certificate)
  if (keys === undefined)
    return {
      ...{ checks, doesNotSay },
      left: 'The rows were not looked at: that takes the recipient’s keys (--identity).',
    }
  const list = new Checklist()
  const path = files.within(folder, certificateFiles.rows)
  await list.run(() =>
    list.check(
      'The rows open with your key, and are as the certificate counts them',
      certificateFiles.rows,
      () => checkCertifiedRows(certificate, unsealer.open(keys.identities, path)),
    ),
  )
  const all = [...checks, ...list.checks]
  return { checks: all, doesNotSay: firstFailure(all) === undefined ? doesNotSay : [] }
}
