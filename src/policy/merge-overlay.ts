// Policy files in memory: relative path → text. Reading folders is the caller's work; this room does no I/O.

/** Paths use `/`, relative to the folder that holds controller.yaml. */
export type PolicyFiles = ReadonlyMap<string, string>

/** The base with the overlay's files added, or put in place of those with the same path. */
export function mergeOverlay(base: PolicyFiles, overlay: PolicyFiles): PolicyFiles {
  return new Map([...base, ...overlay])
}
