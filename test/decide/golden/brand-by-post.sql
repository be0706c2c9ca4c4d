-- request    brand-by-post, to brand-owner = 11
-- by         post = 1
-- basis      legitimate-interests
-- packs      uk-gdpr-2018 at release; at collection uk-dpa1998, uk-gdpr-2018
-- notice 0   none shown: settles N401; answered nothing; keeps name, address
-- notice 1   form@names: settles nothing; answered nothing; keeps name, address
-- notice 2   form@sectors: settles N405; answered N405; keeps name, address
with
  notice_said(number, fields, mask_0, mask_1, cleared_0, cleared_1, "shown", "precision", "purposeTold", "laterVersionCovers", "effectiveAt", first_covers, first_purposeTold) as (
    values
      (0, 3, 4096, 0, 0, 0, false, null, null, null, null, null, null),
      (1, 3, 0, 0, 0, 0, true, 3, true, true, 1356998400000000, true, true),
      (2, 3, 16777216, 0, 16777216, 0, true, 2, true, false, 1420070400000000, true, true)
  ),
  latest_0 as (
    select subject, earliest, latest, notice
    from presentation anti
    join repeated_showing using (subject)
    where latest <= 1528790400000000 and grade <= 2
    union all
    select subject, earliest, latest, notice
    from presentation
    where latest <= 1528790400000000 and grade <= 2 and subject in (
      select subject from repeated_showing
    )
    qualify row_number() over (partition by subject order by latest desc, earliest desc, position desc, ord desc) = 1
  ),
  repeated_0 as (
    select
      subject,
      bool_or(notice is distinct from newest_notice and latest >= newest_from) as "showingContested",
      (case when not bool_and((case notice when 1 then true when 2 then true else null end)) filter (earliest <= first_to) then false when count((case notice when 1 then true when 2 then true else null end)) filter (earliest <= first_to) = count(*) filter (earliest <= first_to) then true end) as "firstVersionCovers",
      (case when not bool_and((case notice when 1 then true when 2 then true else null end)) filter (earliest <= first_to) then false when count((case notice when 1 then true when 2 then true else null end)) filter (earliest <= first_to) = count(*) filter (earliest <= first_to) then true end) as "firstVersionTellsPurpose"
    from (
      select
        subject,
        notice,
        earliest,
        latest,
        first_value(notice) over (partition by subject order by latest desc, earliest desc, position desc, ord desc) as newest_notice,
        first_value(earliest) over (partition by subject order by latest desc, earliest desc, position desc, ord desc) as newest_from,
        min(latest) over (partition by subject) as first_to
      from presentation
      where latest <= 1528790400000000 and grade <= 2 and subject in (
        select subject from repeated_showing
      )
    )
    group by subject
  ),
  mark as (
    select subject, 0 as mark, earliest as value
    from presentation
    where earliest <= 1528790400000000 and latest > 1528790400000000 and not (earliest = -2208988800000000 and latest = 7289654399999999)
    union all
    select subject, 1 as mark, earliest as value
    from presentation
    where earliest = -2208988800000000 and latest = 7289654399999999
    union all
    select subject, 2 as mark, latest as value
    from objection
    where earliest <= 1528790400000000 and qualifier in (1) and (recipient is null or recipient in (11))
    union all
    select subject, 3 as mark, earliest as value
    from objection
    where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (11))
    union all
    select subject, 4 as mark, latest as value from restriction where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 5 as mark, earliest as value from restriction where latest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 6 as mark, earliest as value from erasure where earliest <= 1528790400000000
    union all
    select subject, 7 as mark, earliest as value from protection where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 8 as mark, earliest as value from protection where earliest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 9 as mark, latest as value
    from identity_doubt
    where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 10 as mark, earliest as value
    from identity_doubt
    where latest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 11 as mark, latest as value from dispute where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 12 as mark, earliest as value from dispute where latest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 13 as mark, earliest as value from absence where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 14 as mark, latest as value from absence where earliest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 15 as mark, earliest as value from absence where latest <= 1528790400000000 and qualifier in (3)
    union all
    select subject, 16 as mark, earliest as value from seed where earliest <= 1528790400000000
    union all
    select subject, 17 as mark, 0::bigint as value from link_doubt
    union all
    select subject, 18 as mark, latest as value
    from withdrawal
    where earliest <= 1528790400000000 and (recipient is null or recipient in (11)) and (purpose is null or purpose in (21))
    union all
    select subject, 19 as mark, latest as value
    from consent
    where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (11)) and (purpose is null or purpose in (21))
  ),
  marks as (
    select
      subject,
      bit_or(1::bigint << mark) as flags,
      max(value) filter (mark = 2) as "objectedToMarketingAt",
      max(value) filter (mark = 4) as "restrictedAt",
      max(value) filter (mark = 5) as "restrictionLiftedAt",
      max(value) filter (mark = 9) as "identityDoubtedAt",
      max(value) filter (mark = 10) as "identityResolvedAt",
      max(value) filter (mark = 11) as "disputedAt",
      max(value) filter (mark = 12) as "disputeSettledAt",
      max(value) filter (mark = 14) as "goneAwayAt",
      max(value) filter (mark = 15) as "backAt",
      max(value) filter (mark = 18) as "withdrawnAt",
      max(value) filter (mark = 19) as "refusedAt"
    from mark
    group by subject
  ),
  disclosed as (
    select subject, count(*) filter (latest > 1497254400000000) as "disclosuresInYear"
    from disclosure
    where latest < 1528790400000000
    group by subject
  ),
  said_0 as materialized (
    select distinct subject
    from objection
    where earliest <= 1528790400000000 and qualifier in (1) and (recipient is null or recipient in (11))
  ),
  contact_0 as materialized (
    select contact, min(k.subject) as lowest, max(k.subject) as highest
    from (
      select contact, subject from contact_ref
      union all
      select email_key as contact, subject from dataset_1 where email_key is not null
      union all
      select phone_key as contact, subject from dataset_1 where phone_key is not null
      union all
      select address_key as contact, subject from dataset_1 where address_key is not null
    ) k
    join said_0 on said_0.subject = k.subject
    group by contact
  ),
  sharing_0 as (
    select distinct ordinal
    from (
      select d.ordinal
      from dataset_1 d
      join contact_0 c on c.contact = d.email_key
      where c.lowest <> d.subject or c.highest <> d.subject
      union all
      select d.ordinal
      from dataset_1 d
      join contact_0 c on c.contact = d.phone_key
      where c.lowest <> d.subject or c.highest <> d.subject
      union all
      select d.ordinal
      from dataset_1 d
      join contact_0 c on c.contact = d.address_key
      where c.lowest <> d.subject or c.highest <> d.subject
    )
  ),
  grant_0 as (
    select subject, earliest, latest, notice, grade, qualifier
    from consent
    where latest <= 1528790400000000 and qualifier in (1, 3) and recipient in (11) and channel in (1) and purpose in (21)
    qualify row_number() over (partition by subject order by latest desc, earliest desc, position desc, ord desc) = 1
  ),
  veto_0 as (
    select subject, max(latest) as latest
    from (
      select subject, latest
      from withdrawal
      where earliest <= 1528790400000000 and (recipient is null or recipient in (11)) and (purpose is null or purpose in (21))
      union all
      select subject, latest
      from consent
      where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (11)) and (purpose is null or purpose in (21))
    )
    group by subject
  ),
  leg_0 as (
    select
      g.subject,
      coalesce(v.latest >= g.earliest, false) as "vetoed",
      g.earliest as "earliest",
      g.grade as "grade",
      (case g.notice when 1 then 3 when 2 then 2 else 0 end) as "precision",
      (case g.notice when 1 then true when 2 then false else false end) as "form"
    from grant_0 g
    left join veto_0 v on v.subject = g.subject
  ),
  legs as (
    select
      leg_0.subject,
      leg_0."vetoed" as "vetoed",
      leg_0."earliest" as "earliest",
      leg_0."grade" as "grade",
      leg_0."precision" as "precision",
      leg_0."form" as "form"
    from leg_0
  ),
  fact as (
    select
      d.ordinal,
      d.subject,
      (repeated_0.subject is not null) as "repeated_0",
      (marks.subject is not null) as "marked",
      (disclosed.subject is not null) as "disclosed_before",
      (sharing_0.ordinal is not null) as "sharing_0",
      (legs.subject is not null) as "asked",
      coalesce(latest_0.notice, 0) as "notice",
      latest_0.earliest as "noticeShownFrom",
      latest_0.latest as "noticeShownTo",
      coalesce(repeated_0."showingContested", false) as "showingContested",
      repeated_0."firstVersionCovers" as "several_firstVersionCovers",
      repeated_0."firstVersionTellsPurpose" as "several_firstVersionTellsPurpose",
      coalesce((marks.flags & 1) <> 0, false) as "showingUnclear",
      coalesce((marks.flags & 2) <> 0, false) as "showingUndated",
      marks."objectedToMarketingAt" as "objectedToMarketingAt",
      coalesce((marks.flags & 8) <> 0, false) as "objectedInGeneral",
      marks."restrictedAt" as "restrictedAt",
      marks."restrictionLiftedAt" as "restrictionLiftedAt",
      coalesce((marks.flags & 64) <> 0, false) as "erasure",
      coalesce((marks.flags & 128) <> 0, false) as "bereaved",
      coalesce((marks.flags & 256) <> 0, false) as "atRisk",
      marks."identityDoubtedAt" as "identityDoubtedAt",
      marks."identityResolvedAt" as "identityResolvedAt",
      marks."disputedAt" as "disputedAt",
      marks."disputeSettledAt" as "disputeSettledAt",
      coalesce((marks.flags & 8192) <> 0, false) as "deceased",
      marks."goneAwayAt" as "goneAwayAt",
      marks."backAt" as "backAt",
      coalesce((marks.flags & 65536) <> 0, false) as "fictitious",
      coalesce((marks.flags & 131072) <> 0, false) as "linkDoubtful",
      marks."withdrawnAt" as "withdrawnAt",
      marks."refusedAt" as "refusedAt",
      coalesce(disclosed."disclosuresInYear", 0) as "disclosuresInYear",
      (sharing_0.ordinal is not null) as "contactSuppressed",
      (legs.subject is not null) as "consentGiven",
      coalesce(legs."vetoed", false) as "consentVetoed",
      legs."earliest" as "consentFrom",
      legs."grade" as "consentGrade",
      legs."precision" as "consentPrecision",
      legs."form" as "consentFormValid",
      d.born_on as "bornOn",
      d.expecting_on as "expectingOn",
      (d.duplicate = 1) as "keyTwice"
    from dataset_1 d
    left join latest_0 on latest_0.subject = d.subject
    left join repeated_0 on repeated_0.subject = d.subject
    left join marks on marks.subject = d.subject
    left join disclosed on disclosed.subject = d.subject
    left join sharing_0 on sharing_0.ordinal = d.ordinal
    left join legs on legs.subject = d.subject
  ),
  judged as (
    select
      fact.*,
      (case when "repeated_0" then "several_firstVersionCovers" else first_covers end) as "firstVersionCovers",
      (case when "repeated_0" then "several_firstVersionTellsPurpose" else first_purposeTold end) as "firstVersionTellsPurpose",
      coalesce(n.fields, 3) as fields,
      coalesce(n.cleared_0, 0) as cleared_0,
      coalesce(n.cleared_1, 0) as cleared_1,
      (coalesce(n.mask_0, 4096)
        | (case when ("noticeShownTo" < "effectiveAt") is not false then 4096 else 0 end) -- N401
        | (case when ((not ("expectingOn" is null)) and ("expectingOn" > 20180612)) is not false then 4398046511104 else 0 end) -- C708
        | (case when ("bornOn" > 20000612) is true then 17592186044416 else 0 end) -- C701
        | (case when ("bornOn" is null) is not false then 562949953421312 else 0 end) -- C707
        | (case when (coalesce(n."shown", false) and ("noticeShownFrom" < "effectiveAt") and ("noticeShownTo" >= "effectiveAt")) is not false then 2251799813685248 else 0 end) -- T802
        | (case when "repeated_0" then 0
        | (case when (coalesce(n."shown", false) and ((("precision" = 0) and "laterVersionCovers") or (("precision" > 0) and "purposeTold" and (not (case when "repeated_0" then "several_firstVersionCovers" else first_covers end)) and ("noticeShownTo" > 1526371200000000)))) is not false then 16384 else 0 end) -- N404
        | (case when (coalesce(n."shown", false) and "purposeTold" and (not (case when "repeated_0" then "several_firstVersionTellsPurpose" else first_purposeTold end))) is not false then 34359738368 else 0 end) -- B516
        | (case when "showingContested" is not false then 2251799813685248 else 0 end) else 0 end) -- T802
        | (case when "marked" then 0
        | (case when "fictitious" is not false then 1 else 0 end) -- S311
        | (case when "erasure" is not false then 2 else 0 end) -- S304
        | (case when "bereaved" is not false then 4 else 0 end) -- S312
        | (case when "atRisk" is not false then 8 else 0 end) -- S310
        | (case when "deceased" is not false then 16 else 0 end) -- S307
        | (case when ((not ("goneAwayAt" is null)) and (not ("backAt" > "goneAwayAt"))) is not false then 16 else 0 end) -- S307
        | (case when ((not ("objectedToMarketingAt" is null)) and (not (("consentGiven" and (not "consentVetoed") and "consentFormValid" and ("consentPrecision" >= 3) and ("consentGrade" <= 2)) and ("consentFrom" > "objectedToMarketingAt")))) is not false then 32 else 0 end) -- S301
        | (case when "objectedInGeneral" is not false then 128 else 0 end) -- S302
        | (case when ((not ("restrictedAt" is null)) and (not ("restrictionLiftedAt" > "restrictedAt"))) is not false then 256 else 0 end) -- S305
        | (case when ((not ("disputedAt" is null)) and (not ("disputeSettledAt" > "disputedAt"))) is not false then 512 else 0 end) -- S306
        | (case when ((not ("withdrawnAt" is null)) and (not (("consentGiven" and (not "consentVetoed") and "consentFormValid" and ("consentPrecision" >= 3) and ("consentGrade" <= 2)) and ("consentFrom" > "withdrawnAt")))) is not false then 67108864 else 0 end) -- B502
        | (case when ((not ("refusedAt" is null)) and (not (("consentGiven" and (not "consentVetoed") and "consentFormValid" and ("consentPrecision" >= 3) and ("consentGrade" <= 2)) and ("consentFrom" > "refusedAt")))) is not false then 67108864 else 0 end) -- B502
        | (case when "showingUndated" is not false then 1125899906842624 else 0 end) -- T801
        | (case when "showingUnclear" is not false then 2251799813685248 else 0 end) else 0 end) -- T802
        | (case when "disclosed_before" then 0
        | (case when ("disclosuresInYear" >= 12) is not false then 2048 else 0 end) else 0 end) -- S309
        | (case when "sharing_0" then 0
        | (case when "contactSuppressed" is not false then 64 else 0 end) else 0 end))::bigint as mask_0, -- S303
      (coalesce(n.mask_1, 0)
        | (case when "keyTwice" is not false then 2 else 0 end) -- T806
        | (case when "marked" then 0
        | (case when "linkDoubtful" is not false then 2 else 0 end) -- T806
        | (case when ((not ("identityDoubtedAt" is null)) and (not ("identityResolvedAt" > "identityDoubtedAt"))) is not false then 2 else 0 end) else 0 end))::bigint as mask_1 -- T806
    from fact fact
    left join notice_said n on n.number = fact.notice
  )
select
  ordinal,
  subject,
  "notice",
  "noticeShownFrom",
  "noticeShownTo",
  "showingUnclear",
  "showingContested",
  "showingUndated",
  "firstVersionCovers",
  "firstVersionTellsPurpose",
  "objectedToMarketingAt",
  "objectedInGeneral",
  "restrictedAt",
  "restrictionLiftedAt",
  "erasure",
  "bereaved",
  "atRisk",
  "identityDoubtedAt",
  "identityResolvedAt",
  "contactSuppressed",
  "disputedAt",
  "disputeSettledAt",
  "deceased",
  "goneAwayAt",
  "backAt",
  "fictitious",
  "disclosuresInYear",
  "linkDoubtful",
  "consentGiven",
  "consentVetoed",
  "consentFrom",
  "consentGrade",
  "consentPrecision",
  "consentFormValid",
  "withdrawnAt",
  "refusedAt",
  "bornOn",
  "expectingOn",
  "keyTwice",
  fields,
  mask_0,
  mask_1,
  (case when ((mask_0 & ~cleared_0) & 4222055914405375) <> 0 or ((mask_1 & ~cleared_1) & 7) <> 0 then 0 when ((mask_0 & ~cleared_0) & 281543712965120) <> 0 then 1 when ((mask_1 & ~cleared_1) & 1016) <> 0 then 2 else 3 end)::utinyint as outcome
from judged
