// Makes verifiers/verify.html anew.
import { writeFileSync } from 'node:fs'
import { makeVerifierPage, verifierPath } from './verifier-page.ts'

writeFileSync(verifierPath, await makeVerifierPage())
