// A day and an instant as people write them in a file.
import { z } from 'zod'
import { dateFromIso, instantFromIso } from '../model/instant.ts'
import { remark } from './text-shape.ts'

export const date = z.string().transform((value, context) => {
  try {
    return dateFromIso(value)
  } catch {
    remark(
      context,
      `\`${value.slice(0, 60)}\` is not a date that exists`,
      'Write a calendar date as yyyy-mm-dd, years 1900 to 2200, such as 2017-05-31.',
    )
    return z.NEVER
  }
})

export const instant = z.string().transform((value, context) => {
  try {
    return instantFromIso(value)
  } catch {
    remark(
      context,
      `\`${value.slice(0, 60)}\` is not an instant`,
      'Write date, time and zone, such as 2018-02-01T09:00:00Z or 2018-06-12T10:00:00+01:00.',
    )
    return z.NEVER
  }
})
