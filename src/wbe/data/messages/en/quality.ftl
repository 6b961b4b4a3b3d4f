# What the checks found: came and needed in a few words, then the whole sentence. The thresholds stand in quality.toml.
quality-duplicate-sample = { $sample } repeats { $other }: same site, time and results. Remove one, or give replicates their own results.
    .came = the same results as { $other }
    .needed = each sample once
quality-copied-sample = { $sample } has exactly the results of { $other }, another site or day. A row may have been copied.
    .came = { $count } detected results equal to those of { $other }
    .needed = results of its own
quality-copied-analyte = { $biomarker } repeats the column of { $other } in { $count } of { $both } samples. A column may be bound to the wrong analyte.
    .came = { $count } of { $both } values equal to { $other }
    .needed = values of its own
quality-sentinel-value = { $biomarker } in { $sample } is { $value }, a code for 'no value' that poses as data.
    .came = { $value } ng/L
    .needed = a concentration, or the state 'missing'
quality-negative-value = { $biomarker } in { $sample } is negative ({ $value } ng/L).
    .came = { $value } ng/L
    .needed = 0 or more, or a non-detect with its limit
quality-zero-value = { $biomarker } in { $sample } is 0 and flagged detected. A non-detect lies below its limit; it is not zero.
    .came = 0 ng/L, flagged detected
    .needed = a non-detect with its limit
quality-limit-as-value = { $biomarker } in { $sample } is { $value } ng/L, exactly { $form }: a substituted non-detect may pose as data.
    .came = { $value } ng/L = { $form }
    .needed = the state 'below the limit' instead of a number
quality-repeated-lowest = The lowest value of { $biomarker }, { $value } ng/L, occurs { $count } times in { $n } detected results. It may be a substituted limit.
    .came = { $value } ng/L in { $count } of { $n } detected results
    .needed = non-detects with their limit
quality-below-own-lod = { $biomarker } in { $sample } is { $value } ng/L, below its own limit of detection ({ $limit }), and flagged detected.
    .came = { $value } ng/L, flagged detected
    .needed = at least the LOD, { $limit } ng/L, or the flag below_lod
quality-below-loq-unflagged = { $biomarker } in { $sample } is { $value } ng/L, below its limit of quantification ({ $limit }), without a flag.
    .came = { $value } ng/L, flagged detected
    .needed = at least the LOQ, { $limit } ng/L, or the flag below_loq
quality-above-uloq-unflagged = { $biomarker } in { $sample } is { $value } ng/L, above the calibrated range ({ $limit }), without a flag.
    .came = { $value } ng/L, flagged detected
    .needed = at most the upper limit, { $limit } ng/L, or the flag above_uloq
quality-flag-against-value = { $biomarker } in { $sample } is flagged { $state }, but its number { $value } ng/L lies on the other side of { $limit }.
    .came = { $value } ng/L, flagged { $state }
    .needed = a value on the flagged side of { $limit } ng/L
quality-result-qualified = { $biomarker } in { $sample }, { $value } ng/L: { $reason }.
    .came = { $value } ng/L: { $reason }
    .needed = a result without reservation
quality-limits-crossed = { $biomarker } in { $sample } has limits in the wrong order: { $came_limits }. This holds for { $count ->
        [one] one result
       *[other] { $count } results
    }.
    .came = { $came_limits }
    .needed = LOD <= LOQ < upper limit
quality-no-limit = { $biomarker }: { $count ->
        [one] one result
       *[other] { $count } results
    } below or above a limit have no limit (first in { $sample }). They carry no information until the laboratory gives it.
    .came = { $count ->
            [one] one censored result
           *[other] { $count } censored results
        } without a limit
    .needed = the LOD or LOQ of the batch
quality-limit-changes = The LOD of { $biomarker } changes from { $before } to { $after } ng/L in { $month }. A change in how often it is detected may come from the method.
    .came = LOD { $before } -> { $after } ng/L in { $month }
    .needed = one method, or a method_version that changes with it
quality-limit-changes-with-method = The LOD of { $biomarker } changes from { $before } to { $after } ng/L in { $month }, with the method version. Compare detection frequencies across it with care.
    .came = LOD { $before } -> { $after } ng/L in { $month }, with the method
    .needed = -
quality-no-flow = { $site }: { $count ->
        [one] one sample has
       *[other] { $count } samples have
    } no flow; without it there is no mass load.
    .came = no flow in { $count ->
            [one] one sample
           *[other] { $count } samples
        }
    .needed = the volume of the sampling day in m3/d
quality-no-population = { $site }: { $count ->
        [one] one sample has
       *[other] { $count } samples have
    } no population; only mass loads can be given.
    .came = no population in { $count ->
            [one] one sample
           *[other] { $count } samples
        }
    .needed = the people served, with their basis
quality-flow-zero = { $sample }: the flow is 0, so every mass load would be 0.
    .came = flow 0 m3/d
    .needed = a positive flow, or an empty cell
quality-flow-over-capacity = { $sample }: flow { $flow } m3/d is { $ratio } times the capacity of { $site } ({ $capacity }).
    .came = { $flow } m3/d, { $ratio } times the capacity
    .needed = at most { $largest_ratio } times { $capacity } m3/d
quality-flow-under-capacity = { $sample }: flow { $flow } m3/d is only { $ratio } times the capacity of { $site } ({ $capacity }).
    .came = { $flow } m3/d, { $ratio } times the capacity
    .needed = at least { $smallest_ratio } times { $capacity } m3/d
quality-flow-slip = { $sample }: flow { $flow } m3/d is { $ratio } times the dry-weather median of { $site } ({ $usual }): a slip of the decimal point or unit?
    .came = { $flow } m3/d, { $ratio } times the usual flow
    .needed = about { $usual } m3/d, or a unit that explains it
quality-flow-outlier = { $sample }: flow { $flow } m3/d is { $ratio } times the dry-weather median of { $site } ({ $usual }). Rain or an error?
    .came = { $flow } m3/d, { $ratio } times the usual flow
    .needed = within { $largest_ratio } times of { $usual } m3/d
quality-population-slip = { $sample }: population { $population } is { $ratio } times the median of { $site } ({ $usual }): a slip of the decimal point or unit (万人)?
    .came = { $population } inhabitants, { $ratio } times the usual number
    .needed = about { $usual } inhabitants
quality-water-per-inhabitant = { $sample }: flow and population of { $site } give { $litres } L per inhabitant and day. One of them is in another unit, or does not belong to this catchment.
    .came = { $litres } L/inhabitant/d
    .needed = { $smallest } to { $largest } L/inhabitant/d
quality-grab-sample = { $site }: { $count ->
        [one] one grab sample
       *[other] { $count } grab samples
    }. A grab sample carries the hour of day; its uncertainty is larger.
    .came = { $count ->
            [one] one grab sample
           *[other] { $count } grab samples
        }
    .needed = 24-h composite samples
quality-passive-sample = { $site }: { $count ->
        [one] one passive sample
       *[other] { $count } passive samples
    }; about 40 % relative uncertainty.
    .came = { $count ->
            [one] one passive sample
           *[other] { $count } passive samples
        }
    .needed = 24-h composite samples for loads of one day
quality-sample-type-unknown = { $site }: the sample type of { $count ->
        [one] one sample
       *[other] { $count } samples
    } is not stated.
    .came = sample type unknown in { $count ->
            [one] one sample
           *[other] { $count } samples
        }
    .needed = 24h_composite, 24h_flow_composite, 24h_time_composite, grab or passive
quality-population-basis-unknown = { $site }: it is not stated what the population of { $count ->
        [one] one sample
       *[other] { $count } samples
    } counts (census, design, estimate...).
    .came = population basis unknown in { $count ->
            [one] one sample
           *[other] { $count } samples
        }
    .needed = census, registered, connected, design, estimated, mobile or attendance
quality-composite-duration = { $sample }: the composite lasts { $hours } h, not 24 h.
    .came = { $hours } h
    .needed = { $shortest_hours } to { $longest_hours } h
quality-holding-time = { $sample } was analysed { $days } d after sampling ({ $storage }); { $allowed } d are usual.
    .came = { $days } d ({ $storage })
    .needed = at most { $allowed } d
quality-holding-storage-unknown = { $sample } was analysed { $days } d after sampling and it is not stated how it was kept.
    .came = { $days } d, storage not stated
    .needed = storage (chilled or frozen), or analysis within { $longest_days } d
quality-analysed-before-sampling = { $sample } was analysed { $days } d before it was taken; one of the two dates is wrong.
    .came = analysed { $days } d before sampling
    .needed = an analysis date after the sampling date
quality-future-date = { $sample } is dated { $date }, after today ({ $today }): a slip in the year, or day and month exchanged?
    .came = { $date }, { $days } d after { $today }
    .needed = a day that has passed
quality-holiday = { $sample } was taken on a public holiday of China ({ $name }, { $date }); who is in the city and what they use differ.
    .came = { $name }, { $date }
    .needed = an ordinary day, or more days around it
quality-holiday-unknown = { $count ->
        [one] one sample is
       *[other] { $count } samples are
    } of { $year }; the public holidays of China in that year are not known here (known: { $first } to { $last }).
    .came = { $count ->
            [one] one sample
           *[other] { $count } samples
        } of { $year }
    .needed = a year between { $first } and { $last }
quality-weekend = { $sample } was taken on a { $weekday }; a month seen on weekends only reads high for some drugs.
    .came = { $weekday }, { $date }
    .needed = weekdays and weekends in proportion
quality-blank-detected = { $biomarker } was found in the blank { $sample } ({ $value } ng/L). Results of batch { $batch } near that level are doubtful.
    .came = { $value } ng/L in a blank
    .needed = nothing detected in blanks of batch { $batch }
quality-blank-as-sample = { $sample } looks like a blank and would be counted as a sample of { $site }.
    .came = a blank among the samples
    .needed = blanks kept out of the estimate
quality-near-blank = { $biomarker } in { $sample } ({ $value } ng/L) is not clear of the blank of its batch ({ $blank } ng/L).
    .came = { $value } ng/L, blank { $blank } ng/L
    .needed = more than { $largest_ratio } times the blank
quality-recovery-outside = { $biomarker } in { $sample }: spike recovery { $percent } %, outside { $smallest_percent } to { $largest_percent } %.
    .came = { $percent } %
    .needed = { $smallest_percent } to { $largest_percent } %
quality-recovery-unit = { $biomarker } in { $sample }: recovery { $value } was read as a share; it seems to be a percentage.
    .came = { $value } (as a share)
    .needed = a share such as 0.95
quality-replicate-spread = { $biomarker }: { $count } replicates of { $site } on { $date } differ by an RSD of { $percent } % (usual: at most { $largest_percent } %).
    .came = RSD { $percent } % of { $count } replicates
    .needed = at most { $largest_percent } %
quality-replicate-states = { $biomarker }: { $detected } of { $count } replicates of { $site } on { $date } were detected, the others not.
    .came = { $detected } of { $count } replicates detected
    .needed = replicates that agree
quality-marker-ratio = { $sample }: { $numerator }/{ $denominator } is { $relation }{ $ratio }, outside { $low } to { $high } ({ $citation }; { $window_status }). It would mean: { $meaning }.
    .came = { $numerator }/{ $denominator } { $relation }{ $ratio }
    .needed = { $low } to { $high } ({ $citation })
quality-reading-left-out = { $count ->
        [one] one result cell carries
       *[other] { $count } result cells carry
    } no result: { $text }.
    .came = { $count ->
            [one] one cell
           *[other] { $count } cells
        }: { $text }
    .needed = a value, or a state that the reader knows
quality-reading-unreadable = the result under { $column } counts as none: { $text }.
    .came = { $text }
    .needed = a number, or a state such as ND
quality-reading-skipped = { $place }: not read as samples: row { $names } ({ $text }).
    .came = row { $names }: { $text }
    .needed = -
quality-reading-unread = { $place }: columns not read: { $names } ({ $text }).
    .came = column { $names }: { $text }
    .needed = -
quality-reading-note = { $text }
    .came = { $text }
    .needed = -
quality-html-title = Data quality
quality-html-none = No findings.
quality-html-error = error
quality-html-warning = warning
quality-html-info = note
quality-html-severity = Severity
quality-html-place = Where
quality-html-message = Finding
quality-html-source = File
quality-html-kept = Nothing was deleted: findings mark results, they do not change them.
quality-html-more = { $n } more of this kind
quality-monday = Monday
quality-tuesday = Tuesday
quality-wednesday = Wednesday
quality-thursday = Thursday
quality-friday = Friday
quality-saturday = Saturday
quality-sunday = Sunday
quality-today =
    .came = today '{ $came }'
    .needed = a date such as 2021-06-30
    .next = Write it YYYY-MM-DD.
quality-language =
    .came = language '{ $came }'
    .needed = zh, en or zh+en
    .next = Write one of these.
quality-rules-no-table =
    .came = rules { $came }
    .needed = a table for each rule, as read from a TOML file
    .next = Write [rules.weekend] and below it severity = "off".
quality-rule-no-table =
    .came = rule '{ $rule }' = { $came }
    .needed = a table of names and values
    .next = Write [rules.{ $rule }] and below it severity = "off", or a threshold.
quality-rule-severity =
    .came = { $path } = '{ $came }'
    .needed = error, warning, info or off
    .next = Write one of these.
quality-rule-number =
    .came = { $path } = { $came }
    .needed = a finite number
    .next = Write it without quotation marks; severity = "off" silences a rule.
quality-rule-kind =
    .came = { $path } = { $came }
    .needed = a value of the kind { $kind }
    .next = Look at the packaged rule.
quality-rule-list =
    .came = { $came } in { $path }
    .needed = a list of { $kind }
    .next = Look at the packaged rule.
quality-ratio-window =
    .came = ratio window { $came }
    .needed = numerator and denominator as names, and low or high as numbers of at least 0
    .next = Write it out in full, or give an id.
quality-water-impossible = { $sample }: flow and population of { $site } give { $litres } L per inhabitant and day, which no town uses. One of them is in another unit, or is not of this plant.
    .came = { $litres } L/inhabitant/d
    .needed = { $smallest } to { $largest } L/inhabitant/d
quality-flow-from-population = Flow and population keep one ratio, { $litres } L per inhabitant and day, in all { $count } samples: one of the two was reckoned from the other.
    .came = { $litres } L/inhabitant/d in all { $count } samples
    .needed = flows that were measured and people who were counted
quality-ammonium-per-head = { $sample }: flow, ammonium and population of { $site } give { $grams } g N per inhabitant and day; people discharge 6 to 8. One of the three is in another unit, or industry or dilution counts.
    .came = { $grams } g N/inhabitant/d
    .needed = { $smallest } to { $largest } g N/inhabitant/d
quality-conductivity-outlier = { $sample }: conductivity { $conductivity } is { $ratio } times the median of { $site }. Brine, sea water or rain, or another unit?
    .came = { $conductivity }, { $ratio } times the usual conductivity
    .needed = within { $largest_ratio } times of the usual
quality-temperature-outlier = { $sample }: sewage of { $temperature } °C at { $site } is unusual. Another unit, or no fresh sewage?
    .came = { $temperature } °C
    .needed = { $smallest } to { $largest } °C, within { $largest_difference } K of the usual
quality-wet-weather-flow = { $sample }: with { $rain } mm of rain the flow of { $site } was { $ratio } times that of dry days. Concentrations are diluted; part of the sewage may have overflowed.
    .came = { $ratio } times the dry-weather flow, rain { $rain } mm
    .needed = flow of a dry day
quality-level-above-population = { $biomarker } in { $sample }: { $per_head } mg per inhabitant and day is more than a dose ({ $dose } mg) for everybody. The likeliest slip is a factor of { $slip }: a unit such as µg/L for ng/L, a decimal point, or the flow.
    .came = { $per_head } mg/inhabitant/d
    .needed = at most { $dose } mg/inhabitant/d
quality-level-above-history = { $biomarker } in { $sample }: { $value } ng/L is { $ratio } times the median of { $site } ({ $usual }). If it is a slip, the likeliest is a factor of { $slip }; if not, look for a discharge.
    .came = { $value } ng/L, { $ratio } times the usual result
    .needed = within { $largest_ratio } times of { $usual } ng/L

# The result of the check as it is shown.
quality-told-summary = { $error ->
    [one] 1 error
   *[other] { $error } errors
}, { $warning ->
    [one] 1 warning
   *[other] { $warning } warnings
}, { $info ->
    [one] 1 note
   *[other] { $info } notes
}
quality-told-error = error
quality-told-warning = warning
quality-told-info = note
quality-told-more = ... and { $count } kinds more
