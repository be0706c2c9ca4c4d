// United Kingdom under the Data Protection Act 1998, to 24 May 2018: the law of the 2017 case.
// What was then guidance or good practice says so; the right to object need not have been offered in the notice.
import { assemblePack, fromMemory, read } from './assemble-pack.ts'
import { houseCitations, houseParameters } from './house-rules.ts'

const fairness =
  'Data Protection Act 1998, Sch. 1 Pt I para. 1 and Pt II paras 1–3 (fair processing information)'

export const ukDpa1998 = assemblePack(
  {
    id: 'uk-dpa1998',
    title: 'United Kingdom, Data Protection Act 1998',
    jurisdiction: 'uk',
    zone: 'Europe/London',
    from: 20000301,
    to: 20180525,
    parameters: {
      ...houseParameters,
      ownNoticeDaysMax: {
        value: 28,
        source:
          'DPA 1998, Sch. 1 Pt II para. 2: as soon as practicable after first processing; 28 days are a house rule',
        authority: 'house',
        verified: false,
      },
    },
  },
  {
    ...houseCitations,
    G101: fromMemory('statute', 'DPA 1998, Sch. 1 Pt I para. 2: specified purposes'),
    G102: read('guidance', 'ICO Data Sharing Code of Practice 2011: decide whether sharing is justified'),
    G105: read(
      'guidance',
      'ICO Conducting Privacy Impact Assessments Code of Practice 2014 (good practice, no duty)',
    ),
    G108: read('house', 'House rule: political use needs a named person’s sign-off'),
    A201: read('guidance', 'ICO Data Sharing Code of Practice 2011: data sharing agreements (good practice)'),
    A202: read('guidance', 'ICO Data Sharing Code of Practice 2011: what an agreement should contain'),
    A203: read('guidance', 'ICO Data Sharing Code of Practice 2011: agreements in force'),
    A204: fromMemory('statute', 'DPA 1998, Sch. 1 Pt I para. 2: not further processed incompatibly'),
    A205: read('guidance', 'ICO Data Sharing Code of Practice 2011'),
    A207: read('guidance', 'ICO Data Sharing Code of Practice 2011: who will receive the data'),
    A208: fromMemory('statute', 'DPA 1998, s. 1(1): data controller and data processor'),
    A213: fromMemory('statute', 'DPA 1998, s. 1(1): data controller alone, jointly or in common'),
    A214: read(
      'guidance',
      'ICO Direct Marketing guidance 2013: due diligence on lists, buyers and sellers both',
    ),
    S301: fromMemory('statute', 'DPA 1998, s. 11: right to prevent processing for direct marketing'),
    S302: fromMemory(
      'statute',
      'DPA 1998, s. 10: right to prevent processing likely to cause damage or distress',
    ),
    S304: read('house', 'House rule: whoever asked to be erased is not shared'),
    S305: read('house', 'House rule: a restriction agreed with the person holds'),
    S310: read('house', 'House rule: people at risk are not shared'),
    S312: read('house', 'House rule: after a loss nothing about pregnancy or babies leaves, to anyone'),
    N401: read('statute', fairness),
    N402: read(
      'statute',
      `${fairness}; ICO monetary penalty, Lifecycle Marketing (Mother and Baby) Ltd, 2018`,
    ),
    N403: read('statute', fairness),
    N404: read('statute', `${fairness}: information is due when the data are obtained`),
    N405: read(
      'guidance',
      'ICO Privacy notices code of practice: categories of recipient, within reasonable expectations',
    ),
    N406: read('guidance', 'ICO Direct Marketing guidance 2013: “selected third parties” is not enough'),
    N407: read('statute', `${fairness}; ICO monetary penalty, Bounty (UK) Ltd, 2019`),
    B501: fromMemory('statute', 'DPA 1998, Sch. 2: conditions for processing'),
    B502: read('guidance', 'ICO guidance on consent: no swapping of the ground after a refusal'),
    B503: fromMemory('statute', 'DPA 1998, Sch. 2: the condition must fit the processing'),
    B504: fromMemory('statute', 'DPA 1998, Sch. 2 para. 1: consent'),
    B505: read(
      'guidance',
      'ICO Direct Marketing guidance 2013: indirect consent must name the recipient or a precisely defined category',
    ),
    B507: read('guidance', 'ICO Direct Marketing guidance 2013: consent by channel'),
    B509: fromMemory('statute', 'DPA 1998, Sch. 2 para. 1: consent may be withdrawn'),
    B510: read(
      'guidance',
      'ICO Direct Marketing guidance 2013: six-month rule of thumb for third-party lists',
    ),
    B511: read('guidance', 'ICO Direct Marketing guidance 2013: keep records of consent'),
    B512: read(
      'guidance',
      'ICO Direct Marketing guidance 2013: freely given, no condition, no pre-ticked box',
    ),
    B513: fromMemory(
      'statute',
      'DPA 1998, Sch. 2 para. 6: legitimate interests balanced against the individual’s',
    ),
    B514: read('house', 'House rule: a weighing of interests is reviewed by its date'),
    B517: read('house', 'House rule: the Act of 1998 knew no recognised legitimate interests'),
    B518: fromMemory('statute', 'DPA 1998, Sch. 2 paras 3 and 5: legal obligation, public functions'),
    P601: read('statute', 'Privacy and Electronic Communications Regulations 2003, regs 19 and 22(2)'),
    P604: read('statute', 'Privacy and Electronic Communications Regulations 2003, reg. 21'),
    P602: read('statute', 'Privacy and Electronic Communications Regulations 2003, reg. 22(3)'),
    C701: read('guidance', 'ICO Data Sharing Code of Practice: children’s data'),
    C705: fromMemory('statute', 'DPA 1998, s. 2 and Sch. 3: sensitive personal data'),
    C704: read('guidance', 'ICO Data Sharing Code of Practice: share no more than necessary'),
    C707: read('house', 'House rule: where children are likely, an unknown age counts as a child’s'),
    C708: fromMemory('statute', 'DPA 1998, s. 2(e) and Sch. 3: health is sensitive personal data'),
    F901: fromMemory('statute', 'DPA 1998, Sch. 1 Pt I para. 3: adequate, relevant, not excessive'),
    F902: fromMemory('statute', 'DPA 1998, Sch. 1 Pt I para. 3: adequate, relevant, not excessive'),
    F903: read('statute', fairness),
  },
)
