// A quote proves a claim only if it stands in the wording as whole sentences.
import { expect, test } from 'vitest'
import { namedIn, type QuoteFit, quoteInWording } from '../../src/policy/quote-in-wording.ts'

const wording = `# What we do with your details

We never share your details with Acorn Baby. We share them with Tumble
Toys Ltd. and "SnuggleWell". Do you agree? You can say no!

We also give them to:
- SnuggleWell Nappies Ltd
- Tumble Toys Ltd;
1. nobody else

**This is important.** The end`

const fits: [string, QuoteFit][] = [
  ['We never share your details with Acorn Baby.', 'whole'],
  ['We never share your details with Acorn Baby', 'whole'],
  ['share your details with Acorn Baby.', 'part'],
  ['We never share your details', 'part'],
  ['We share your details with Acorn Baby.', 'absent'],
  ['we never share your details with Acorn Baby.', 'absent'],
  ['We share them with Tumble\n   Toys Ltd. and "SnuggleWell".', 'whole'],
  ['We share them with Tumble Toys Ltd. and "SnuggleWell". Do you agree?', 'whole'],
  ['Do you agree?', 'whole'],
  ['You can say no', 'whole'],
  ['What we do with your details', 'whole'],
  ['SnuggleWell Nappies Ltd', 'whole'],
  ['Nappies Ltd', 'part'],
  ['Tumble Toys Ltd', 'whole'],
  ['We also give them to: - SnuggleWell Nappies Ltd', 'whole'],
  ['nobody else', 'whole'],
  ['**This is important.**', 'whole'],
  ['This is important.', 'part'],
  ['The end', 'whole'],
]

test.each(fits)('“%s” stands in the wording: %s', (quote, fit) => {
  expect(quoteInWording(quote, wording)).toBe(fit)
})

test('a name counts only as whole words, in its own letter case', () => {
  expect(namedIn('Tumble', 'We share with Tumble.')).toBe(true)
  expect(namedIn('Tumble', 'We share with Tumbleweed, then with\nTumble')).toBe(true)
  expect(namedIn('Tumble', 'We share with Tumbleweed.')).toBe(false)
  expect(namedIn('Tumble', 'We share with tumble.')).toBe(false)
  expect(namedIn('Été', 'We share with ÉtéÉ.')).toBe(false)
  expect(namedIn('Snug & Well Ltd', 'To Snug\n& Well Ltd, by post')).toBe(true)
})
