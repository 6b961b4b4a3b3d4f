# Amounts: why a cell has no number, what stands beside one, and how it was made.
estimation-status-no-data = no sample
estimation-status-not-measured = not measured
estimation-status-no-factor = no defensible factor
estimation-status-no-dose = no dose claim
estimation-status-no-scenario = no use scenario
estimation-status-origin-unresolved = origin unresolved
estimation-status-suppressed = not shown
estimation-status-below-limit = not detected, no limit given
estimation-status-no-flow = flow not known
estimation-status-no-population = population not known
estimation-status-found = found, not quantified (no limit given)
estimation-status-rejected = result unreadable or rejected (see the check)
estimation-status-missing = sampled, no result given
estimation-said = { $text }
estimation-other-biomarker = this profile uses another biomarker of the drug
estimation-not-in-table = { $biomarker } is not in the compound table, so no profile has a factor for it
estimation-read-from = the profile reads { $biomarker } from { $other }
estimation-no-dose-claim = no dose claim in this profile
estimation-bound = below the limit in all { $used ->
    [one] one sample
   *[other] { $used } samples
 }: { $limit } is the laboratory's limit as an amount, { $upper } the bound that the truth lies below with { $level } %
estimation-detectable = 0 of { $n } detected: it may be detectable in up to { $top } of such samples
estimation-some-below = { $below } of { $used } below the limit, counted at the mean of where they may lie: the amount would be { $zero } with them at 0 and { $limit } at their limits
estimation-mostly-below = { $least } or more below the limit: the number rests on where they may lie, how often it was detected says more: { $seen } of { $used }, { $low } to { $high } of such samples (95 %)
estimation-above-range = { $above } of { $used } above the calibrated range: the true value may be higher
estimation-zeros = { $count } result(s) of exactly 0 taken as below the limit
estimation-grab = { $grab } of { $used } grab sample(s): the interval is widened for it, the hour of day is not corrected
estimation-no-weekend = no weekend sample: the interval rests on what is known of weekends elsewhere
estimation-no-weekday = no weekday sample: the interval rests on what is known of weekends elsewhere
estimation-discharge-out = { $count } sample(s) left out: the marker ratio speaks of a discharge, not of use
estimation-discharge-in = { $count } sample(s) included: the marker ratio speaks of a discharge, not of use
estimation-in-error = rests on { $count } of { $used } sample(s) that the check calls wrong: correct them first
estimation-left-out = { $count } result(s) without limit, flow or population left out
estimation-lacking = { $sites } of { $had } plants: the sum lacks { $names }
estimation-lacking-heads = { $sites } of { $had } plants, over their people: { $names } lacking
estimation-corrected-between = corrected: between { $low } and { $high } times this, the domestic shares of its samples
estimation-corrected = corrected (times the domestic share { $share }): { $text }
estimation-ensemble-part = a method of the dynamic ensemble is missing; population='ensemble' takes those there are
estimation-excretion-unverified = excretion fraction: { $status }, not verified
estimation-study-factor = users = load x (users / load) of each scenario's own study, with that study's excretion factor, not the profile's
estimation-dose-unverified = dose: { $status }, not verified
estimation-share-15-64 = of those aged 15-64, { $share } of the inhabitants; all use is taken to lie in that band
estimation-origin-morphine = origin unresolved: medicines and poppy straw are not told from heroin
estimation-parent-may-leave = { $parent } leaves this biomarker as well: no use can be claimed, only a bound
estimation-parent-chance = the parent alone leaves as much in { $chance } % of such cases
estimation-parent-left = what { $parent } leaves of the biomarker in the same samples is taken off
estimation-own-share = own share of the biomarker: { $share } ({ $low }–{ $high })
estimation-prior = sizes of error rest on prior: { $share }
estimation-level =
    .came = level { $came }
    .needed = a probability between 0 and 1
    .next = Write 0.95 for 95 %.
estimation-seed =
    .came = seed { $came }
    .needed = a whole number from 0
    .next = Any will do; keep it to get equal numbers.
estimation-draws =
    .came = draws { $came }
    .needed = at least 1000
    .next = Ten thousand are usual.
estimation-policy =
    .came = policy { $came }
    .needed = 'internal', 'public' or a Policy
    .next = Choose one of these.
estimation-users-by-month =
    .came = quantity { $came }
    .needed = one of { $known }
    .next = Users are given by month.
estimation-no-cell =
    .came = no { $quantity } of { $drug } in { $area }, { $month }
    .needed = a cell with at least one usable sample
    .next = See estimate.table() for the cells that have one and for the reasons of the others.
estimation-which-drug =
    .came = no drug for { $quantity }
    .needed = one of { $known }
    .next = Write drug="...".
estimation-no-substance =
    .came = drug { $drug } for { $quantity }
    .needed = one of { $known }
    .next = Reason: { $why }.
estimation-none = none
estimation-not-measured = not measured
estimation-city-only = samples: the { $edition } edition shows the city only. Use the internal edition.
estimation-save-edition = an estimate of the { $edition } edition is not saved: the file would hold the samples, and with them what the edition hides. Save the internal one, or export the tables.
estimation-load-samples =
    .came = Samples and no estimate
    .needed = a file that Estimate.save wrote
    .next = Read it with wbe.exchange.read and estimate from it.
estimation-load-own =
    .came = an estimate made with { $argument } of one's own
    .needed = the same { $argument } once more
    .next = Give it as Estimate.load(..., { $argument }=...).
estimation-load-differs =
    .came = other printed numbers than those saved by version { $version } (this is { $now })
    .needed = the numbers that were saved
    .next = Give the same factors, scenarios and policy, use version { $version }, or read the samples with wbe.exchange.read and estimate anew.
estimation-city-draws = draws of { $area }: the { $edition } edition protects loads, and draws give the districts away to whoever knows the seed. Use the intervals of estimate.table('{ $area }').
estimation-hidden = { $quantity } of { $drug } in { $area }, { $month }: not shown under the disclosure policy.
estimation-explain-head = { $drug }, { $area }, { $month }: { $quantity } { $text } { $unit }
estimation-explain-synthetic = SYNTHETIC DATA: no laboratory measured this.
estimation-explain-sample = sample { $sample }: { $value } ng/L x { $flow } m3/d = { $load } g/d, { $people } inhabitants (weight { $weight })
estimation-explain-below = below { $limit }, counted { $value }
estimation-explain-place = { $site }: mean of day means over { $days } day(s) = { $value } { $unit }
estimation-explain-share = { $site }: { $value } x { $share } = { $part } { $unit }
estimation-explain-sum = sum: { $sum } = { $value } { $unit }
estimation-explain-factor = factor: profile { $profile } { $version }, { $drug } from { $biomarker }: mass ratio { $ratio } / median molar fraction { $fraction } = { $factor }; claims { $claims } ({ $status })
estimation-explain-origin = { $parent } leaves { $biomarker } at { $ratio } of its own mass (log-sd { $spread }), drawn for each sample below its total: { $load } x own share { $share } = { $value } { $unit }
estimation-explain-dose = dose { $dose } mg of pure drug: { $factor } / { $dose } = { $each }
estimation-explain-users = under the use scenario '{ $scenario }': { $factor } users for each g/d of load
estimation-explain-product = { $load } x { $factor } = { $value } { $unit }
estimation-explain-exact = exact median of the product with all errors: { $value } { $unit }; printed is the plain product
estimation-explain-notes = notes: { $notes }
estimation-explain-sources = uncertainty, largest source first:
estimation-explain-source = { "  " }{ $share }  { $source } (drawn by { $scope }; rests on prior: { $prior }): { $advice }
estimation-once = once for the run
estimation-advice-day = sample more days in the month
estimation-advice-limit = use a method with a lower limit
estimation-advice-weekday = take samples at the weekend too
estimation-advice-sampling = take flow-proportional 24-h composites
estimation-advice-analysis = analyse replicates
estimation-advice-batch = run control samples in every batch
estimation-advice-flow = check the day's flow record
estimation-advice-flow-meter = calibrate the flow meter
estimation-advice-excretion = calibrate the excretion fraction or add a second biomarker
estimation-advice-excretion-of = calibrate the excretion fraction of { $drug }, on which this one was tuned
estimation-advice-dose = find a local source for the dose
estimation-advice-use-scenario = find local data on amounts and frequency of use
estimation-advice-origin = measure the parent drug in every sample, and enantiomers
estimation-advice-catchment-weight = survey which streets each sewer serves
estimation-advice-stability = measure residence time and temperature
estimation-advice-population = combine population estimates (census, markers, mobile counts)
estimation-advice-other = { $text }
