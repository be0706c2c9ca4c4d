// Characters that XML cannot hold, as workbooks write them: _x0007_ stands for U+0007, and _x005F_ for an underscore that would begin
// such an escape by chance (ECMA-376 Part 1, 22.9.2.19).

/** What a cell says, of what stands in the XML once its own references are resolved. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}

/** The text as it may stand between two tags. A CR of its own would be read as LF. */
export function escaped(text: string): string {
  return special.test(text) ? text.replace(everySpecial, inXml) : text
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 does not have
const special = /[&<>\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_/
const everySpecial =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above, but halves of a pair only where the other half is missing
  /[&<>\0-\x08\x0b-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|_(?=x[0-9A-Fa-f]{4}_)/g

function inXml(character: string): string {
  if (character === '&') return '&amp;'
  if (character === '<') return '&lt;'
  if (character === '>') return '&gt;'
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}
