// A request as a file: the YAML that read-request.ts reads.
import { stringify } from 'yaml'
import { dateToIso } from '../model/instant.ts'
import type { SharingRequest } from '../model/request.ts'

/** What goes into the file: the id is its name, and the instant is kept as it was written. */
export type RequestFile = Omit<SharingRequest, 'id' | 'releaseAt'> & { releaseAt: string }

/** Members in the order in which people read them; absent ones are left out. */
export function writeRequest(request: RequestFile): string {
  const {
    title,
    titleTells,
    dataset,
    recipient,
    role,
    onBehalfOf,
    purpose,
    channels,
    basis,
    fields,
    select,
  } = request
  const { consideration, agreement, necessity, requestedBy, releaseAt, useWindowDays, delivery } = request
  const { matching, exemption, instrument, condition, anonymous, softOptIn, subProcessors, workOrder } =
    request
  const ordered = {
    ...{ title, titleTells, dataset, recipient, role, onBehalfOf, purpose, channels, basis, fields, select },
    ...{ consideration, agreement, necessity, requestedBy, releaseAt, useWindowDays, delivery, matching },
    ...{ exemption, instrument: instrument && { ...instrument, on: dateToIso(instrument.on) } },
    ...{ condition, anonymous, softOptIn, subProcessors, workOrder },
  }
  return stringify(ordered, { lineWidth: 0, keepUndefined: false })
}
