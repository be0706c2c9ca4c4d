// README.txt in a delivery: what lies here, what to do with it, and what it obliges to, for whoever finds the folder.
import type { ReleaseManifest, RemovalManifest } from '../model/release.ts'

export function recipientReadme(manifest: Omit<ReleaseManifest, 'readme'>): string {
  const { release, controller, recipient, records, duties } = manifest
  return `${controller.name} to ${recipient.name}: release ${release}
${records.rows} records, sealed to the key on your card; nobody else can open them.

To open and check in one step (needs Node.js and the fairshare command, nothing else):

  fairshare open <this folder> --key <your key folder>

It writes the records and a receipt. Send the receipt back.
Without fairshare: age -d -i <your key folder>/identity.txt ${records.file} > ${records.file.replace(/\.age$/, '')}
opens the file, but checks nothing.

What is here
  ${records.file}   the records; every line has a fairshare_ref, by which lines are recalled
  proof.bin.age     what ties each line to the sender's public log
  manifest.json     what this is, for what, under which duties; manifest.json.sig signs it
  sealed.json, sealed.tlog-proof   the entry in the sender's log, and the proof that it is there

Your duties
${duties.map(({ words, by }) => `  - ${words}${by === undefined ? '' : ` By ${by}.`}`).join('\n')}
`
}

export function removalReadme(manifest: Omit<RemovalManifest, 'readme'>): string {
  const { release, removal, controller, recipient, count, dueAt } = manifest
  return `${controller.name} to ${recipient.name}: removal ${removal} of release ${release}
${count} ${count === 1 ? 'line' : 'lines'} of that file must go, by ${dueAt}.

  fairshare open <this folder> --key <your key folder> --apply <folder with the records>

It takes the lines out of your copy and writes a receipt. Send the receipt back, and see that every other copy follows.
`
}
