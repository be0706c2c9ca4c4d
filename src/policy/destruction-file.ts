// What the holder of a release or a copy writes of its destruction: which media, how each was sanitised, what is left. The
// fields are those of NIST SP 800-88's sample certificate, with what a logical copy needs besides.
import { z } from 'zod'
import { type DestructionStatement, sanitisationMethods } from '../model/custody.ts'
import type { Finding } from '../model/problem.ts'
import { checkShape } from './check-shape.ts'
import { date, instant } from './date-shape.ts'
import { inReadingOrder } from './declared.ts'
import { readYaml } from './read-yaml.ts'
import { text } from './text-shape.ts'

type DestructionFile = Pick<
  DestructionStatement,
  'media' | 'backups' | 'subProcessors' | 'destroyedAt' | 'certifiedBy'
>

const GUIDE = 'docs/spec/destruction-certificate.md'

export function readDestructionFile(
  written: string,
  file: string,
): { report: DestructionFile | undefined; findings: Finding[] } {
  const yaml = readYaml(file, written)
  if (yaml.value === undefined) return { report: undefined, findings: yaml.findings }
  const { value, findings } = checkShape(destructionFile, yaml.value, GUIDE)
  return { report: value, findings: inReadingOrder(findings) }
}

const medium = z.strictObject({
  medium: text,
  make: z.exactOptional(text),
  model: z.exactOptional(text),
  serial: z.exactOptional(text),
  place: text,
  loaded: text,
  records: z.int().min(0),
  method: z.enum([...sanitisationMethods]),
  tool: text,
  verification: text,
  destination: text,
})

const destructionFile = z.strictObject({
  media: z.array(medium).min(1),
  backups: z.union([z.literal('none'), z.strictObject({ goneBy: date })]),
  subProcessors: z.array(z.strictObject({ name: text, certified: z.boolean() })).default([]),
  destroyedAt: instant,
  certifiedBy: z.strictObject({ name: text, title: text }),
})

/** Every value is to be written: what nobody filled in is nothing that anybody certifies. Examples stand in the comments. */
export const destructionTemplate = `# What was loaded where, and how it was destroyed there: one entry for each medium, the mailbox and the
# laptop included. The fields are those of NIST SP 800-88 (section 4.8); make, model and serial may be left out.
# Write a value after each colon; beside it stands an example.
media:
  - medium:           # Disk of the mailing server
    # make: Example Storage
    # model: ES-960
    # serial: "ES960-000123"
    place:            # Server room, 4 Quay Street
    loaded:           # records.csv, and the table mailing_2018 made from it
    records:          # 812
    # clear: overwritten; purge: beyond laboratory recovery, such as cryptographic erase; destroy: the medium is gone
    method:           # purge
    tool:             # nvme-cli 2.8, format with cryptographic erase
    verification:     # A tenth of the disk was read back and held none of it
    destination:      # kept in use
# none, or until when a backup holds it, such as { goneBy: 2018-09-30 }: the duty stays open until a later certificate says none
backups:              # none
# Whoever had it from you, such as [{ name: Quay Print Ltd, certified: true }]; one that has not certified to you is a reason to wait
subProcessors:        # []
destroyedAt:          # 2018-08-01T16:30:00+01:00
certifiedBy:
  name:               # Noor Haddad
  title:              # Head of operations
`
