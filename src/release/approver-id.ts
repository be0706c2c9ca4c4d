// The id of an approver, made from the name: what its signatures are named, and what it is found by.

/** Dana Whitlock → dana-whitlock; a name without letters has none, ''. */
export function approverIdOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
}
