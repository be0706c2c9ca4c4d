// The examples of docs/guide/policy-files.md: each stands in a fenced block under a line that names its file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PolicyFiles } from '../../src/policy/merge-overlay.ts'

export const guide = readFileSync(join(import.meta.dirname, '../../docs/guide/policy-files.md'), 'utf8')

export const guideExamples: PolicyFiles = new Map(
  [...guide.matchAll(/^`([^`\n]+)`:\n\n```\w+\n([\s\S]*?\n)```$/gm)].map((match) => [match[1]!, match[2]!]),
)
