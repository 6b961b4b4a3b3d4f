# Uncertain inputs: what the product engine, draws and designs refuse.
uncertainty-above-one = { $name }: { $share } % of { $shape } lies above 1; a fraction cannot. Use Beta(mean=, sd=), or divide percent by 100.
uncertainty-above-zero = { $name } = { $came }; needed a finite number above 0.
uncertainty-autocorrelation = autocorrelation = { $came }; needed a number from 0 to below 1.
uncertainty-beta-shapes = { $name }: give either mean and sd, or the two shapes a and b.
uncertainty-bounds = { $name }: low, high = { $low }, { $high }; needed 0 <= low < high.
uncertainty-central-infinite = central value { $name }: { $count } value(s) are infinite; something was divided by zero. Leave such cells empty (NaN).
uncertainty-central-negative = central value { $name }: lowest is { $lowest }; a product of positive factors cannot be negative. Subtractions are drawn, not multiplied.
uncertainty-central-type = central = { $came }; needed an xarray DataArray.
uncertainty-concentration = { $name }: concentration = { $came }; needed a number above 0.
uncertainty-correction-spread = samples were corrected ({ $done }) and lack { $lost }, the spread of that correction. Keep the variables that wbe.factors.correct added, or correct the raw samples again.
uncertainty-correlation-matrix = { $group }: needed a symmetric { $n } x { $m } correlation matrix with ones on its diagonal.
uncertainty-correlations-contradict = { $group }: the correlations contradict each other (no positive matrix).
uncertainty-correlations-lacking = { $group }: the correlations lack { $names }.
uncertainty-cv-or-gsd = { $name }: give the spread as one of cv or gsd (got cv={ $cv }, gsd={ $gsd }).
uncertainty-day-load = concentration and flow: needed non-negative values with a load above 0.
uncertainty-day-rows = concentration and flow: needed two equally long rows of finite values over the day.
uncertainty-diurnal = diurnal_cv = { $came }; needed a finite number from 0.
uncertainty-draw-number = n = { $came }; needed a whole number of draws from 1.
uncertainty-draws-not-positive = { $name }: draws must all be finite and above 0 (smallest { $smallest }).
uncertainty-equal-draws = { $name }: all draws equal { $came }; there is no spread.
uncertainty-every-pulse = interval = { $interval } min is shorter than a pulse of { $pulse } min: every pulse is caught, and there is no such error. Leave the term out.
uncertainty-factor = factor = { $came }; needed a finite number above 0.
uncertainty-few-blocks = least_blocks = { $came }; fewer than { $least } stop by luck.
uncertainty-few-draws = { $name }: { $count } draws; needed at least 20.
uncertainty-fraction-mean = { $name }: mean = { $came }; a fraction lies below 1. Percent must be divided by 100.
uncertainty-fraction-sd = { $name }: sd = { $came } is too wide for a fraction with mean { $mean } (it must stay below { $most }).
uncertainty-group-spread = { $group }[{ $member }]: log_sd = { $came }; needed a number above 0.
uncertainty-gsd = { $name }: gsd = { $came }; a geometric sd is a factor above 1.
uncertainty-labels-differ = the two quantities have different labels along a shared dimension: { $said }. Select the same cells.
uncertainty-level = level = { $came }; needed a probability between 0 and 1.
uncertainty-level-example = level = { $came }; needed a probability between 0 and 1, e.g. 0.95.
uncertainty-levels = levels = { $came }; needed probabilities between 0 and 1.
uncertainty-mapping-empty = { $name }: the mapping of distributions is empty.
uncertainty-mapping-part = { $name }[{ $key }]: { $came } is not a Distribution.
uncertainty-mapping-scope = { $name }: one distribution for each key needs a scope, e.g. ('drug',); got ().
uncertainty-mixture-part = { $name }: part { $came } is not a Distribution.
uncertainty-mixture-weights = { $name }: weights sum to { $total }; needed 1.
uncertainty-no-coordinate = varying: the data have no coordinate { $came }.
uncertainty-no-default = { $term }: no default for kind { $kind }. Known kinds: { $known }.
uncertainty-no-dimension = sel: { $came } is no dimension of the quantity ({ $dims }).
uncertainty-no-distribution = { $name }: no distribution for { $coordinate } { $keys } ({ $count } lacking). Add them, or select the cells that have one.
uncertainty-no-interval = { $name }: interval ({ $lower }, { $upper }) at level { $level } is not one.
uncertainty-no-label = sel: { $came } is not among the labels of { $dim }.
uncertainty-no-naming-coordinate = { $name }: no coordinate of { $at } has its values among { $known }.
uncertainty-no-such-size = { $came }: no term of measurement with a size. Known: { $known }.
uncertainty-no-variation = the model's output does not vary: nothing to settle.
uncertainty-not-finite = { $name }: { $key } = { $came }; needed a finite number. Correct the input.
uncertainty-not-positive = { $name }: { $key } = { $came }; needed a number above 0. An input without spread is a plain number: multiply by it instead.
uncertainty-one-cell = sobol_natural: { $count } cells; needed one. Select it with .isel or .sel first.
uncertainty-power = { $name }: power = { $came }; needed a finite number.
uncertainty-ratio-cells = ratio: a has cells { $a }, b has { $b }; select the same labels on both sides.
uncertainty-ratio-labels = ratio: a and b have different labels along { $dim }; select the same ones.
uncertainty-ratio-no-dimension = ratio: { $side } names { $came }, which labels no dimension of the quantity.
uncertainty-ratio-nothing = ratio: { $side } = { $selection } finds nothing along { $dim }.
uncertainty-ratio-several = ratio: { $side } = { $selection } finds { $count } cells along { $dim }; add a coordinate that names one of them.
uncertainty-scope-lacking = { $name }: scope names { $missing }, which the data do not have (coordinates: { $known }). Attach the coordinate, or draw the term by one that is there.
uncertainty-scope-twice = { $name }: scope { $came } names a coordinate twice.
uncertainty-seed = seed = { $came }; needed a whole number from 0.
uncertainty-several-sums = weights: they make { $count } sums; settle one at a time.
uncertainty-share-unknown = Shares: { $came } is not one of { $known }.
uncertainty-shares = { $name }: shares { $came }; needed finite numbers above 0.
uncertainty-shares-sum = { $name }: shares sum to { $total }; shares of one whole sum to at most 1.
uncertainty-size = { $name }: cv = { $came }; needed a finite number above 0, e.g. 0.1 for 10 %.
uncertainty-so-wide = { $name }: { $shape } is so wide that one sd is a factor above { $times }, most of its probability next to zero. State a narrower spread, or a log-normal.
uncertainty-sobol-key = Sobol: { $name } at { $key } is not among the keys of the quantity that the stream was made for.
uncertainty-sobol-keys = Sobol: the quantity has { $count } keys, the sequence { $most } dimensions. Select fewer cells, or use plain draws.
uncertainty-spread = { $name }: spread = { $came }; needed a log-sd above 0. Leave the term out if there is no error.
uncertainty-spread-foreign = { $name }: spread runs along { $foreign }, which the data do not ({ $dims }).
uncertainty-spread-kind = { $name }: spread = { $came }; needed a log-sd, a DataArray of them, a Distribution or a mapping.
uncertainty-spread-labels = { $name }: spread and data have different labels along { $dim }; reindex the spread.
uncertainty-spread-negative = { $name }: spread has negative value(s), the lowest { $lowest }.
uncertainty-spread-not-finite = { $name }: spread has { $count } value(s) not finite.
uncertainty-spread-size = { $name }: spread has { $count } values along { $dim }, the data have { $size }.
uncertainty-strata = strata { $names }: needed values and a size for each. Merge strata without a sample.
uncertainty-stratum-single = stratum { $stratum }: one value shows no spread. Give prior_sd, the day-to-day sd from other months.
uncertainty-stratum-values = stratum { $stratum }: needed 1 to { $size } finite values, got { $count }.
uncertainty-term-name = Term: name = { $came }; needed a text that names the source of error.
uncertainty-term-scope = { $name }: scope = { $came }; needed a tuple of coordinate names, e.g. ('sample',).
uncertainty-too-many-days = days_sampled = { $came } is more than the { $days } days of the period.
uncertainty-triangle = { $name }: low, mode, high = { $low }, { $mode }, { $high }; needed 0 <= low <= mode <= high and low < high.
uncertainty-two-scopes = { $name }: drawn by { $one } in one place and by { $other } in another. One name is one source of error; give the second its own name.
uncertainty-two-spreads = { $name }: two different spreads under one name. One name is one source of error; give the second its own name.
uncertainty-weights-dimensions = weights: share dimensions { $shared } with the quantity { $dims }; needed exactly one to sum over.
uncertainty-weights-labels = weights: labels along { $dim } differ from the quantity's.
uncertainty-weights-not-finite = weights: { $count } value(s) are not finite.
