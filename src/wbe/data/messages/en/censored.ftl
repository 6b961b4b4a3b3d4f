# Below the limit: what the estimators refuse, and what they say beside a number.
censored-above-limit = ros: got results above an upper limit; needed detected values and limits below. Use mle_lognormal.
censored-counts = detection_frequency: got k={ $k }, n={ $n }; needed 0 <= k <= n and n > 0.
censored-few-detected = { $method }: got { $found } different detected value(s) of { $n } result(s); needed { $least } or more. Use upper_bound and detection_frequency.
censored-few-for-likelihood = maximum likelihood: got { $found } different detected value(s); needed 2 or more. Use upper_bound or detection_frequency.
censored-few-results = kendall: got { $count } result(s) at { $times } time(s); needed three at two times or more.
censored-level = level: got { $came }; needed a number between 0 and 1, e.g. 0.95.
censored-limits = limits: got { $came }; needed at least one positive limit and no NaN.
censored-log-sd = log_sd: got { $came }; needed a positive number.
censored-no-limit = fit_pooled: no result of { $biomarker } has a value or a limit; give the limits of detection.
censored-no-results = summarise: got no results with a value or a limit; needed one or more.
censored-no-results-prior = prior: got no results with a value or a limit; needed one or more.
censored-non-detects-only = fit_mean: got non-detects only; needed one result with a positive lower end.
censored-not-complete = complete: got { $censored } censored of { $n }; needed detected values only.
censored-not-from-zero = Kaplan-Meier: got intervals that do not start at 0; use turnbull.
censored-sigma = sigma: got { $came }; needed a positive standard deviation of the logarithm.
censored-shapes = lower { $lower } and upper { $upper } need one equal dimension
censored-limit-nan = a limit is NaN; leave absent results out
censored-lower-limit = a lower limit is negative or infinite
censored-crossed-limits = a lower limit exceeds its upper limit
censored-zero = an upper limit is 0; a zero is no measurement, give 0 and the limit of detection
censored-lengths = x { $times }, results ({ $count },) and group ({ $group },) need one length and no NaN
censored-substituted = substitution '{ $rule }' ({ $title }) invents { $count } of { $n } value(s); use it only to repeat a published table, else wbe.censored.summarise
