// United Kingdom from 25 May 2018 to 4 February 2026: the GDPR with the DPA 2018 (UK GDPR from 2021), and PECR.
import { assemblePack, type Citations, read } from './assemble-pack.ts'
import { houseCitations, houseParameters } from './house-rules.ts'

const told = 'GDPR Articles 13(1)(e) and 14(1)(e)'
const code = 'ICO Data Sharing Code of Practice'

export const gdprCitations: Citations = {
  ...houseCitations,
  G101: read('statute', 'GDPR Article 5(1)(b): specified, explicit purposes'),
  G102: read('guidance', `${code}: is the sharing justified; GDPR Article 5(1)(c), 5(2)`),
  G105: read('statute', 'GDPR Article 35'),
  G108: read(
    'guidance',
    'ICO guidance on political campaigning (sign-off by a named person is a house rule)',
  ),
  A201: read('guidance', `${code}: data sharing agreements; GDPR Article 28(3) for processors`),
  A202: read('guidance', `${code}: a memorandum or an order addendum alone is not enough`),
  A203: read('guidance', `${code}: agreements in force and reviewed`),
  A204: read('statute', 'GDPR Article 5(1)(b): purpose limitation'),
  A205: read('guidance', `${code}: permitted uses`),
  A207: read('guidance', `${code}: which organisations receive the data`),
  A208: read('statute', 'GDPR Article 28(10): a processor with purposes of its own is a controller'),
  A213: read('statute', 'GDPR Article 26'),
  A214: read('guidance', 'ICO direct marketing guidance: due diligence by buyers and sellers'),
  S301: read('statute', 'GDPR Article 21(2)–(3)'),
  S302: read('statute', 'GDPR Article 21(1)'),
  S304: read('statute', 'GDPR Article 17'),
  S305: read('statute', 'GDPR Article 18'),
  S310: read('house', 'House rule: people at risk are not shared; GDPR Article 32'),
  S312: read('house', 'House rule: after a loss nothing about pregnancy or babies leaves, to anyone'),
  N401: read('statute', 'GDPR Articles 5(1)(a), 5(2), 13 and 14'),
  N402: read('statute', `${told}: recipients or categories of recipients`),
  N403: read('statute', 'GDPR Article 13(1)(c), 13(3): purposes, and a new purpose before it starts'),
  N404: read('statute', 'GDPR Article 13(1): at the time when the data are obtained'),
  N405: read('guidance', `${told}; categories must fit what people reasonably expect`),
  N406: read('guidance', `${told}; ICO: “selected third parties” is not enough`),
  N407: read('statute', `${told}; ICO monetary penalty, Bounty (UK) Ltd, 2019`),
  N411: read('statute', 'GDPR Article 21(4)'),
  B501: read('statute', 'GDPR Article 6(1)'),
  B502: read(
    'guidance',
    'ICO and EDPB guidance on consent: no swapping of the basis after withdrawal; GDPR Article 5(1)(a)',
  ),
  B503: read('statute', 'GDPR Article 6(1)'),
  B504: read('statute', 'GDPR Articles 4(11), 6(1)(a)'),
  B505: read('guidance', 'GDPR Article 4(11); ICO: name every controller that relies on the consent'),
  B507: read('guidance', 'ICO guidance on consent: granular by channel'),
  B509: read('statute', 'GDPR Article 7(3)'),
  B510: read(
    'guidance',
    'ICO: consent lasts “for the time being”; six-month rule of thumb for third-party lists',
  ),
  B511: read('statute', 'GDPR Article 7(1): the controller demonstrates consent'),
  B512: read('statute', 'GDPR Articles 4(11), 7(2), 7(4)'),
  B513: read('statute', 'GDPR Article 6(1)(f)'),
  B514: read('guidance', 'ICO legitimate interests guidance: keep the assessment under review'),
  B517: read('statute', 'UK GDPR Article 6(1)(ea), from 5 February 2026; before that date no such basis'),
  B518: read('statute', 'GDPR Article 6(1)(c), 6(1)(e) and 6(3)'),
  P601: read('statute', 'Privacy and Electronic Communications Regulations 2003, regs 19 and 22(2)'),
  P604: read('statute', 'Privacy and Electronic Communications Regulations 2003, reg. 21'),
  P602: read('statute', 'Privacy and Electronic Communications Regulations 2003, reg. 22(3)'),
  C701: read('guidance', `${code}: children; selling on for commercial re-use is unlikely to be compelling`),
  C705: read('statute', 'GDPR Article 9(1)–(2)'),
  C704: read('guidance', `${code}: children; GDPR Article 5(1)(c)`),
  C707: read('guidance', 'ICO Children’s Code: apply the standards where age is not established'),
  C708: read('statute', 'GDPR Article 9(1): data concerning health, inferred too'),
  F901: read('statute', 'GDPR Article 5(1)(c)'),
  F902: read('statute', 'GDPR Article 5(1)(c)'),
  F903: read('statute', 'GDPR Articles 13 and 14'),
}

export const ukGdpr2018 = assemblePack(
  {
    id: 'uk-gdpr-2018',
    title: 'United Kingdom, GDPR and Data Protection Act 2018',
    jurisdiction: 'uk',
    zone: 'Europe/London',
    from: 20180525,
    to: 20260205,
    parameters: houseParameters,
  },
  gdprCitations,
)
