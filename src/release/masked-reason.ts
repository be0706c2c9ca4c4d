// What a reader may not know: grounds of safety, bereavement, childhood and health, and seeded rows. All that stop a record
// are one reason with one set of words, whichever and however many they are, so that none can be told from another.
import { isMaskedFact } from '../decide/masked-fact.ts'
import { isMasked, type ReasonCode, type ReasonLevel } from '../model/reason.ts'
import type { NamedEvent } from '../register/name-events.ts'

export type Reader = 'marketer' | 'person' | 'regulator'

export function isHidden(code: ReasonCode, reader: Reader): boolean {
  return reader !== 'regulator' && isMasked(code)
}

export function isHiddenFact(name: string, reader: Reader): boolean {
  return reader !== 'regulator' && isMaskedFact(name)
}

/** Apart by level only: whether it stops the file, the record or a field shows in what happens to them. */
export function maskedWords(
  level: ReasonLevel,
  reader: Exclude<Reader, 'regulator'>,
): { words: string; remedy: string } {
  return words[level][reader]
}

/** A yes given by a parent tells of a child; to others it is a yes. Who typed it in is the organisation's. */
export function eventFor(event: NamedEvent, reader: Reader): Omit<NamedEvent, 'actor'> {
  const { actor: _, ...shown } = event
  if (reader === 'regulator') return event
  return event.qualifier === 'given-by-parent' ? { ...shown, qualifier: 'given' } : shown
}

const words = {
  record: {
    marketer: {
      words: 'This person must not be contacted.',
      remedy: 'None: leave this record where it is.',
    },
    person: {
      words:
        'Your data stay with us, for a reason that is not written here. Ask us, and we tell you ourselves.',
      remedy: 'Nothing that you need to do.',
    },
  },
  file: {
    marketer: {
      words: 'A person must look at this file first.',
      remedy: 'Ask your privacy lead.',
    },
    person: {
      words: 'A person has to look at this list before anything is shared.',
      remedy: 'Nothing that you need to do.',
    },
  },
  field: {
    marketer: {
      words: 'Some of the fields asked for stay, whoever the person is.',
      remedy: 'Ask without the fields that stay.',
    },
    person: {
      words: 'Some of the details asked for stay with us.',
      remedy: 'Nothing that you need to do.',
    },
  },
} as const
