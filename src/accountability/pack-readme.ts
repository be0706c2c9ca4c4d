// README.txt of a pack: what is in it, how to check it with programs of one's own, who may have it, and what it does not show.
import type { PackStory } from './pack-story.ts'

export function packReadme(story: PackStory): string {
  const { controller, register, asOf, scope, sample, receipts, left } = story
  return `Evidence pack of ${controller.name}

Register ${register.id}
Log ${register.origin}, ${asOf.size} entries, as of ${asOf.recordedAt}
About ${scopeWords(story)}

Open index.html to read it: it needs no network and runs no script.


TO CHECK IT

You need the verifier key of the register. Take it from where ${controller.name} publishes it, from a letter, or from
somebody who kept it: not from this pack. It should be

  ${register.verifierKey}

With Fairshare, from any machine, without the register and without a network:

  fairshare verify pack.zip --key "<verifier key>"

Without Fairshare: verifiers/verify.html in a browser, verifiers/python with any Python 3, verifiers/go with Go. They come
from whoever made this pack, so better take them from elsewhere; verifiers/README.md says what each of them checks.
docs/spec/evidence-pack.md of Fairshare says how to write your own.

A checkpoint of this log that you kept from earlier (--kept) shows whether this history is the one you were shown then.


WHO MAY HAVE IT

${audienceWords(story)}


WHAT IT SHOWS AND WHAT IT DOES NOT

The log, the documents and the proofs cannot be changed afterwards without it showing. Not shown is that nothing
left outside the register, that everything was recorded, or that what was recorded is true.
${'subject' in scope ? '' : `${sampleWords(sample, receipts)}\n`}index.html, this text and the counts are made from the other files and are words of the sender, under its signature.
${leftWords(left)}`
}

function scopeWords({ scope, releases, zone }: Pick<PackStory, 'scope' | 'releases' | 'zone'>): string {
  if ('release' in scope) return `release ${scope.release}`
  if ('subject' in scope) return `the person enrolled under number ${scope.subject}`
  const many = releases.length === 1 ? '1 release' : `${releases.length} releases`
  return `everything committed from ${scope.from} to ${scope.to} (${zone}): ${many}`
}

function audienceWords({ scope, receipts }: PackStory): string {
  if ('subject' in scope)
    return `This pack is about one person. people/0001/receipt.json holds the secret that opens what the log says of
that person, whose it is to give: to a regulator, a court or a lawyer. Nobody else is in it, not even under a
pseudonym. Of others its documents say how many were considered and how many left, and not on which grounds
records stayed: in a file of few people that would tell of one of them.`
  const opened =
    receipts === 0
      ? ''
      : `

people/ has the receipts of ${receipts === 1 ? 'one sampled person' : `${receipts} sampled people`}: what the register holds of each, and the secret
that opens it. Give them to the regulator, court or auditor who asked for the sample, and to nobody else.
Without people/ the rest can be handed on, but does not verify as a whole.`
  return `It is made for a regulator, a court, or an auditor bound to secrecy. Nobody's name, reference or contact point is
in it. The lines of people.csv stand for people by a commitment that means nothing without a secret each of
them has. They are pseudonyms, and so personal data: whoever is given a person's receipt finds the line.

The decision documents count every reason by its code, also those that index.html and summary.json mask, and
what summary.json masks can be worked out from its other figures; in a file of few people a count may tell of
one of them. The documents cannot be shortened without breaking the hash that the log holds, so do not
publish them, nor summary.json and people.csv.${opened}`
}

function sampleWords(sample: PackStory['sample'], receipts: number): string {
  if (sample === undefined)
    return `The lines of people.csv are the register's word. A sample (--sample N --seed S) opens some of them. Keep this pack, and
only then name a seed of your own: the pack with the sample has to have this people.csv, byte for byte
(verify --before this.zip). Otherwise the lines could be written once the seed is known.`
  return `The lines of people.csv are the register's word; the receipts of ${receipts} of their people are enclosed, picked by the
seed "${sample.seed}". That finds a lie only if people.csv was fixed before the seed was known: compare it
with a pack without a sample that you were given before you named it (verify --before first.zip).`
}

function leftWords(left: readonly string[]): string {
  if (left.length === 0) return ''
  return `

NOT IN IT

${left.map((line) => `- ${line}`).join('\n')}
`
}
