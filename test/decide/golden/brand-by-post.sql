-- request    brand-by-post, to brand-owner = 11
-- by         post = 1
-- basis      legitimate-interests
-- packs      uk-gdpr-2018 at release; at collection uk-dpa1998, uk-gdpr-2018
-- notice 0   none shown: settles N401; answered nothing; keeps name, address
-- notice 1   form@names: settles nothing; answered nothing; keeps name, address
-- notice 2   form@sectors: settles N405; answered N405; keeps name, address
with
  notice_said(number, fields, mask_0, cleared_0, "shown", "effectiveAt") as (
    values (0, 3, 64, 0, false, null), (1, 3, 0, 0, true, 1356998400000000), (2, 3, 8192, 8192, true, 1420070400000000)
  ),
  latest_0 as (
    select subject, notice, earliest, latest, grade
    from presentation
    where latest <= 1528790400000000 and grade <= 2
    qualify row_number() over (partition by subject order by latest desc, earliest desc, position desc, ord desc) = 1
  ),
  mark as (
    select subject, 0 as mark, earliest as value
    from presentation
    where earliest <= 1528790400000000 and latest > 1528790400000000
    union all
    select subject, 1 as mark, latest as value
    from objection
    where earliest <= 1528790400000000 and qualifier in (1) and (recipient is null or recipient in (11))
    union all
    select subject, 2 as mark, earliest as value
    from objection
    where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (11))
    union all
    select subject, 3 as mark, latest as value from restriction where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 4 as mark, earliest as value from restriction where latest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 5 as mark, earliest as value from erasure where earliest <= 1528790400000000
    union all
    select subject, 6 as mark, earliest as value from protection where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 7 as mark, earliest as value from protection where earliest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 8 as mark, latest as value
    from identity_doubt
    where earliest <= 1528790400000000 and qualifier in (1)
    union all
    select subject, 9 as mark, earliest as value
    from identity_doubt
    where latest <= 1528790400000000 and qualifier in (2)
    union all
    select subject, 10 as mark, latest as value
    from withdrawal
    where earliest <= 1528790400000000 and (recipient is null or recipient in (11)) and (purpose is null or purpose in (21))
    union all
    select subject, 11 as mark, latest as value
    from consent
    where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (11)) and (purpose is null or purpose in (21))
  ),
  marks as (
    select
      subject,
      bit_or(1::bigint << mark) as flags,
      max(value) filter (mark = 1) as "objectedToMarketingAt",
      max(value) filter (mark = 3) as "restrictedAt",
      max(value) filter (mark = 4) as "restrictionLiftedAt",
      max(value) filter (mark = 8) as "identityDoubtedAt",
      max(value) filter (mark = 9) as "identityResolvedAt",
      max(value) filter (mark = 10) as "withdrawnAt",
      max(value) filter (mark = 11) as "refusedAt"
    from mark
    group by subject
  ),
  grant_0 as (
    select subject, notice, earliest, latest, grade
    from consent
    where latest <= 1528790400000000 and qualifier in (1) and recipient in (11) and channel in (1) and purpose in (21)
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
      g.earliest,
      g.latest,
      g.grade,
      coalesce(v.latest >= g.earliest, false) as vetoed,
      (case g.notice when 1 then 3 when 2 then 2 else 0 end) as "precision",
      (case g.notice when 1 then true when 2 then false else false end) as form
    from grant_0 g
    left join veto_0 v on v.subject = g.subject
  ),
  legs as (
    select
      leg_0.subject,
      (leg_0.vetoed) as vetoed,
      leg_0.earliest as earliest,
      leg_0.latest as latest,
      leg_0.grade as grade,
      leg_0."precision" as "precision",
      (leg_0.form) as form
    from leg_0
  ),
  fact as (
    select
      d.ordinal,
      d.subject,
      (marks.subject is not null) as "marked",
      (legs.subject is not null) as "asked",
      coalesce(latest_0.notice, 0) as "notice",
      latest_0.earliest as "noticeShownFrom",
      latest_0.latest as "noticeShownTo",
      coalesce((marks.flags & 1) <> 0, false) as "showingUnclear",
      marks."objectedToMarketingAt" as "objectedToMarketingAt",
      coalesce((marks.flags & 4) <> 0, false) as "objectedInGeneral",
      marks."restrictedAt" as "restrictedAt",
      marks."restrictionLiftedAt" as "restrictionLiftedAt",
      coalesce((marks.flags & 32) <> 0, false) as "erasure",
      coalesce((marks.flags & 64) <> 0, false) as "bereaved",
      coalesce((marks.flags & 128) <> 0, false) as "atRisk",
      marks."identityDoubtedAt" as "identityDoubtedAt",
      marks."identityResolvedAt" as "identityResolvedAt",
      (legs.subject is not null) as "consentGiven",
      coalesce(legs.vetoed, false) as "consentVetoed",
      legs.earliest as "consentFrom",
      legs.grade as "consentGrade",
      legs."precision" as "consentPrecision",
      legs.form as "consentFormValid",
      marks."withdrawnAt" as "withdrawnAt",
      marks."refusedAt" as "refusedAt",
      d.born_on as "bornOn",
      d.expecting_on as "expectingOn",
      (d.duplicate = 1) as "keyTwice"
    from dataset_1 d
    left join latest_0 on latest_0.subject = d.subject
    left join marks on marks.subject = d.subject
    left join legs on legs.subject = d.subject
  ),
  judged as (
    select
      fact.*,
      coalesce(n.fields, 3) as fields,
      coalesce(n.cleared_0, 0) as cleared_0,
      (coalesce(n.mask_0, 64)
        | (case when ("noticeShownTo" < "effectiveAt") is not false then 64 else 0 end) -- N401
        | (case when ((not ("expectingOn" is null)) and ("expectingOn" > 20180612)) is not false then 8388608 else 0 end) -- C708
        | (case when ("bornOn" > 20000612) is true then 16777216 else 0 end) -- C701
        | (case when ("bornOn" is null) is not false then 33554432 else 0 end) -- C707
        | (case when ("shown" and (("noticeShownFrom" < "effectiveAt") and ("noticeShownTo" >= "effectiveAt"))) is not false then 67108864 else 0 end) -- T802
        | (case when "keyTwice" is not false then 134217728 else 0 end) -- T806
        | (case when "marked" then 0
        | (case when "erasure" is not false then 1 else 0 end) -- S304
        | (case when "bereaved" is not false then 2 else 0 end) -- S312
        | (case when "atRisk" is not false then 4 else 0 end) -- S310
        | (case when ((not ("objectedToMarketingAt" is null)) and (not (("consentGiven" and (not "consentVetoed") and "consentFormValid" and ("consentPrecision" >= 3) and ("consentGrade" <= 2)) and ("consentFrom" > "objectedToMarketingAt")))) is not false then 8 else 0 end) -- S301
        | (case when "objectedInGeneral" is not false then 16 else 0 end) -- S302
        | (case when ((not ("restrictedAt" is null)) and (not ("restrictionLiftedAt" > "restrictedAt"))) is not false then 32 else 0 end) -- S305
        | (case when ((not ("withdrawnAt" is null)) and (not (("consentGiven" and (not "consentVetoed") and "consentFormValid" and ("consentPrecision" >= 3) and ("consentGrade" <= 2)) and ("consentFrom" > "withdrawnAt")))) is not false then 32768 else 0 end) -- B502
        | (case when ((not ("refusedAt" is null)) and (not (("consentGiven" and (not "consentVetoed") and "consentFormValid" and ("consentPrecision" >= 3) and ("consentGrade" <= 2)) and ("consentFrom" > "refusedAt")))) is not false then 32768 else 0 end) -- B502
        | (case when "showingUnclear" is not false then 67108864 else 0 end) -- T802
        | (case when ((not ("identityDoubtedAt" is null)) and (not ("identityResolvedAt" > "identityDoubtedAt"))) is not false then 134217728 else 0 end) else 0 end))::bigint as mask_0 -- T806
    from fact
    left join notice_said n on n.number = fact.notice
  )
select
  ordinal,
  subject,
  "notice",
  "noticeShownFrom",
  "noticeShownTo",
  "showingUnclear",
  "objectedToMarketingAt",
  "objectedInGeneral",
  "restrictedAt",
  "restrictionLiftedAt",
  "erasure",
  "bereaved",
  "atRisk",
  "identityDoubtedAt",
  "identityResolvedAt",
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
  (case when (mask_0 & ~cleared_0 & 536862719) <> 0 then 0 when (mask_0 & ~cleared_0 & 8192) <> 0 then 1 when (mask_0 & 16642998272) <> 0 then 2 else 3 end)::utinyint as outcome
from judged
