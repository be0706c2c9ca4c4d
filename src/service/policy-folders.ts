// A policy as it lies on disk: a folder, and overlays laid over it by path; read, checked, its findings placed on disk.
import { join } from 'node:path'
import { readFolder } from '../adapters/files/read-folder.ts'
import type { Policy } from '../model/policy.ts'
import type { Finding } from '../model/problem.ts'
import { mergeOverlay, type PolicyFiles } from '../policy/merge-overlay.ts'
import { readPolicy } from '../policy/read-policy.ts'
import { readRequest } from '../policy/read-request.ts'

export type CheckedPolicy = {
  /** Undefined when there is any finding in the policy itself. */
  policy: Policy | undefined
  findings: Finding[]
  files: number
}

/** `folders`: the policy first, then its overlays. Requests in `requests/` are checked against the policy as well. */
export async function checkPolicyFolders(folders: readonly string[]): Promise<CheckedPolicy> {
  const { files, folderOf } = await readPolicyFiles(folders)
  const { policy, findings } = readPolicy(files)
  const all = policy === undefined ? findings : [...findings, ...checkRequests(files, policy)]
  return {
    policy,
    files: files.size,
    findings: all.map((finding) => {
      const { file } = finding.place
      return { ...finding, place: { ...finding.place, file: join(folderOf.get(file) ?? folders[0]!, file) } }
    }),
  }
}

async function readPolicyFiles(folders: readonly string[]) {
  let files: PolicyFiles = new Map()
  const folderOf = new Map<string, string>()
  for (const folder of folders) {
    // .yml is read so that it can be reported: it would be silently without effect.
    const layer = await readFolder(folder, ['.yaml', '.yml', '.md'])
    for (const path of layer.keys()) folderOf.set(path, folder)
    files = mergeOverlay(files, layer)
  }
  return { files, folderOf }
}

function checkRequests(files: PolicyFiles, policy: Policy): Finding[] {
  return [...files]
    .filter(([path]) => /^requests\/[^/]+\.yaml$/.test(path))
    .flatMap(([path, text]) => readRequest(text, path, policy).findings)
}
