# What may be printed, and why it may not.
disclosure-not-a-threshold =
    .came = threshold '{ $name }'
    .needed = one of { $known }
    .next = { $hint }
disclosure-threshold-value =
    .came = { $name } = { $came }
    .needed = a number of at least 0
    .next = Correct it, or leave it out.
disclosure-protection-value =
    .came = protection = { $came }
    .needed = a share of at least 0 and below 1
    .next = Correct it, or leave it out.
disclosure-whole-number =
    .came = { $name } = { $came }
    .needed = a whole number above 0
    .next = Correct it, or leave it out.
disclosure-areas =
    .came = areas = { $came }
    .needed = some of { $known }
    .next = Correct it, or leave it out.
disclosure-yes-or-no =
    .came = { $name } = { $came }
    .needed = true or false
    .next = Correct it, or leave it out.
disclosure-weak-salt =
    .came = a salt of { $count } characters, { $different } of them different
    .needed = at least { $least } characters, at least { $least_different } of them different
    .next = Take a random one, such as secrets.token_hex(16) gives, and keep it secret: with it a list of names is soon tried.
disclosure-override-reason =
    .came = the reason '{ $reason }' for admitting '{ $site }'
    .needed = a sentence on who approved it and why
    .next = It is stored in the run record.
disclosure-institutions = institution catchments are refused: { $sites }. Few people stand behind each, and they can be recognised. Leave the samples out, or use Policy.with_override(site, reason), on the command line --admit SITE=REASON; the reason is kept in the run record.
disclosure-institution = { $site } ({ $why })
disclosure-by-type = site_type { $kind }
disclosure-by-name = its name holds '{ $word }' and no site_type was given
disclosure-code-twice = site codes: two sites received one code. Use another salt.
disclosure-not-shown = not shown
