// The head every page has: it forbids whatever is not in the file.
import { style } from './html-style.ts'
import { html, Markup } from './markup.ts'

/** Forbids every request and every script, should a text ever find a way around the escaping. */
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** `more`: rules of this page alone. */
export function pageHead(title: string, more = ''): Markup {
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Fairshare</title>
<style>${new Markup(style + more)}</style>
</head>`
}
