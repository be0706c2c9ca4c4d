-- request    two-channels-and-a-chain, to brand-owner = 11 for broker = 12
-- by         post = 1, email = 2
-- basis      consent
-- packs      uk-gdpr-2018 at release; at collection uk-dpa1998, uk-gdpr-2018
-- notice 0   none shown: settles N401; answered nothing; keeps name, address, email
-- notice 1   form@names: settles N407 N402; answered nothing; keeps name, address, email
-- notice 2   form@sectors: settles N402; answered N405; keeps name, address, email
with
  notice_said(number, fields, mask_0, cleared_0, "shown", "effectiveAt") as (
    values (0, 7, 64, 0, false, null), (1, 7, 640, 0, true, 1356998400000000), (2, 7, 512, 8192, true, 1420070400000000)
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
    where earliest <= 1528790400000000 and qualifier in (1) and (recipient is null or recipient in (11, 12))
    union all
    select subject, 2 as mark, earliest as value
    from objection
    where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (11, 12))
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
    select subject, 10 as mark, earliest as value
    from consent
    where earliest <= 1528790400000000 and latest > 1528790400000000 and qualifier in (1) and recipient in (11, 12) and channel in (1, 2) and purpose in (21)
    union all
    select subject, 11 as mark, earliest as value
    from consent
    where latest <= 1528790400000000 and qualifier in (1) and recipient in (11, 12) and channel not in (1, 2) and purpose in (21)
    union all
    select subject, 12 as mark, earliest as value
    from consent
    where latest <= 1528790400000000 and qualifier in (1) and recipient is null and channel in (1, 2) and purpose in (21)
    union all
    select subject, 13 as mark, earliest as value
    from consent
    where latest <= 1528790400000000 and qualifier in (1) and recipient is null and channel in (1, 2) and purpose in (21) and notice in (2)
  ),
  marks as (
    select
      subject,
      bit_or(1::bigint << mark) as flags,
      max(value) filter (mark = 1) as "objectedToMarketingAt",
      max(value) filter (mark = 3) as "restrictedAt",
      max(value) filter (mark = 4) as "restrictionLiftedAt",
      max(value) filter (mark = 8) as "identityDoubtedAt",
      max(value) filter (mark = 9) as "identityResolvedAt"
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
  grant_1 as (
    select subject, notice, earliest, latest, grade
    from consent
    where latest <= 1528790400000000 and qualifier in (1) and recipient in (11) and channel in (2) and purpose in (21)
    qualify row_number() over (partition by subject order by latest desc, earliest desc, position desc, ord desc) = 1
  ),
  veto_1 as (
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
  leg_1 as (
    select
      g.subject,
      g.earliest,
      g.latest,
      g.grade,
      coalesce(v.latest >= g.earliest, false) as vetoed,
      (case g.notice when 1 then 3 when 2 then 2 else 0 end) as "precision",
      (case g.notice when 1 then true when 2 then false else false end) as form
    from grant_1 g
    left join veto_1 v on v.subject = g.subject
  ),
  grant_2 as (
    select subject, notice, earliest, latest, grade
    from consent
    where latest <= 1528790400000000 and qualifier in (1) and recipient in (12) and channel in (1) and purpose in (21)
    qualify row_number() over (partition by subject order by latest desc, earliest desc, position desc, ord desc) = 1
  ),
  veto_2 as (
    select subject, max(latest) as latest
    from (
      select subject, latest
      from withdrawal
      where earliest <= 1528790400000000 and (recipient is null or recipient in (12)) and (purpose is null or purpose in (21))
      union all
      select subject, latest
      from consent
      where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (12)) and (purpose is null or purpose in (21))
    )
    group by subject
  ),
  leg_2 as (
    select
      g.subject,
      g.earliest,
      g.latest,
      g.grade,
      coalesce(v.latest >= g.earliest, false) as vetoed,
      (case g.notice when 1 then 0 when 2 then 0 else 0 end) as "precision",
      (case g.notice when 1 then true when 2 then false else false end) as form
    from grant_2 g
    left join veto_2 v on v.subject = g.subject
  ),
  grant_3 as (
    select subject, notice, earliest, latest, grade
    from consent
    where latest <= 1528790400000000 and qualifier in (1) and recipient in (12) and channel in (2) and purpose in (21)
    qualify row_number() over (partition by subject order by latest desc, earliest desc, position desc, ord desc) = 1
  ),
  veto_3 as (
    select subject, max(latest) as latest
    from (
      select subject, latest
      from withdrawal
      where earliest <= 1528790400000000 and (recipient is null or recipient in (12)) and (purpose is null or purpose in (21))
      union all
      select subject, latest
      from consent
      where earliest <= 1528790400000000 and qualifier in (2) and (recipient is null or recipient in (12)) and (purpose is null or purpose in (21))
    )
    group by subject
  ),
  leg_3 as (
    select
      g.subject,
      g.earliest,
      g.latest,
      g.grade,
      coalesce(v.latest >= g.earliest, false) as vetoed,
      (case g.notice when 1 then 0 when 2 then 0 else 0 end) as "precision",
      (case g.notice when 1 then true when 2 then false else false end) as form
    from grant_3 g
    left join veto_3 v on v.subject = g.subject
  ),
  legs as (
    select
      leg_0.subject,
      (leg_0.vetoed or leg_1.vetoed or leg_2.vetoed or leg_3.vetoed) as vetoed,
      least(leg_0.earliest, leg_1.earliest, leg_2.earliest, leg_3.earliest) as earliest,
      least(leg_0.latest, leg_1.latest, leg_2.latest, leg_3.latest) as latest,
      greatest(leg_0.grade, leg_1.grade, leg_2.grade, leg_3.grade) as grade,
      least(leg_0."precision", leg_1."precision", leg_2."precision", leg_3."precision") as "precision",
      (leg_0.form and leg_1.form and leg_2.form and leg_3.form) as form
    from leg_0
    join leg_1 on leg_1.subject = leg_0.subject
    join leg_2 on leg_2.subject = leg_0.subject
    join leg_3 on leg_3.subject = leg_0.subject
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
      legs.latest as "consentTo",
      legs.grade as "consentGrade",
      legs."precision" as "consentPrecision",
      legs.form as "consentFormValid",
      coalesce((marks.flags & 1024) <> 0, false) as "consentUnclear",
      coalesce((marks.flags & 2048) <> 0, false) as "consentOtherChannel",
      coalesce((marks.flags & 4096) <> 0, false) as "consentUnnamed",
      coalesce((marks.flags & 8192) <> 0, false) as "consentUnnamedInvalid",
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
      coalesce(n.fields, 7) as fields,
      coalesce(n.cleared_0, 0) as cleared_0,
      (coalesce(n.mask_0, 64)
        | (case when ("noticeShownTo" < "effectiveAt") is not false then 64 else 0 end) -- N401
        | (case when ((not "consentGiven") and (not "consentUnclear")) is not false then 2097152 else 0 end) -- B504
        | (case when (not (("consentGiven" and (not "consentVetoed") and "consentFormValid" and ("consentPrecision" >= 3) and ("consentGrade" <= 2)) or "consentUnclear")) is not false then 4194304 else 0 end) -- P601
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
        | (case when ((not "consentGiven") and "consentUnnamed") is not false then 65536 else 0 end) -- B505
        | (case when "consentUnnamedInvalid" is not false then 131072 else 0 end) -- B512
        | (case when ((not "consentGiven") and "consentOtherChannel") is not false then 262144 else 0 end) -- B507
        | (case when "showingUnclear" is not false then 67108864 else 0 end) -- T802
        | (case when "consentUnclear" is not false then 67108864 else 0 end) -- T802
        | (case when ((not ("identityDoubtedAt" is null)) and (not ("identityResolvedAt" > "identityDoubtedAt"))) is not false then 134217728 else 0 end) else 0 end) -- T806
        | (case when "asked" then 0
        | (case when ("consentGiven" and "consentVetoed") is not false then 16384 else 0 end) -- B509
        | (case when ("consentGiven" and ("consentPrecision" < 3)) is not false then 65536 else 0 end) -- B505
        | (case when ("consentGiven" and (not "consentFormValid")) is not false then 131072 else 0 end) -- B512
        | (case when ("consentGiven" and ("consentTo" < 1513069200000000)) is not false then 524288 else 0 end) -- B510
        | (case when ("consentGiven" and ("consentGrade" > 2)) is not false then 1048576 else 0 end) -- B511
        | (case when ("consentGiven" and (("consentFrom" < 1513069200000000) and ("consentTo" >= 1513069200000000))) is not false then 67108864 else 0 end) else 0 end))::bigint as mask_0 -- T802
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
  "consentTo",
  "consentGrade",
  "consentPrecision",
  "consentFormValid",
  "consentUnclear",
  "consentOtherChannel",
  "consentUnnamed",
  "consentUnnamedInvalid",
  "bornOn",
  "expectingOn",
  "keyTwice",
  fields,
  mask_0,
  (case when (mask_0 & ~cleared_0 & 536862719) <> 0 then 0 when (mask_0 & ~cleared_0 & 8192) <> 0 then 1 when (mask_0 & 16642998272) <> 0 then 2 else 3 end)::utinyint as outcome
from judged
