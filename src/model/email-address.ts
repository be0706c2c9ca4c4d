// One plain e-mail address: no display name, no list, no comment, no quotes, so that nothing in it can end a header or name a second reader.

/** The form of HTML's `type=email`, at the lengths of RFC 5321; ASCII alone, as a look-alike letter is another mailbox. */
const form =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && form.test(text)
}
