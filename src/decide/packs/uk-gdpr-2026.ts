// United Kingdom from 5 February 2026, after the Data (Use and Access) Act 2025 (commencement: SI 2026/82).
// The rules of 2018 carry on here; what the Act adds (recognised legitimate interests, charity soft opt-in) is not in yet,
// so those bases are refused for marketing as before.
import { assemblePack } from './assemble-pack.ts'
import { houseParameters } from './house-rules.ts'
import { gdprCitations } from './uk-gdpr-2018.ts'

export const ukGdpr2026 = assemblePack(
  {
    id: 'uk-gdpr-2026',
    title: 'United Kingdom, UK GDPR as amended by the Data (Use and Access) Act 2025',
    jurisdiction: 'uk',
    zone: 'Europe/London',
    from: 20260205,
    to: undefined,
    parameters: houseParameters,
  },
  gdprCitations,
)
