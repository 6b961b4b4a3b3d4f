# Alerts: what stands out this month, and what is to be doubted first.
alert-rules-lack =
    .came = rules without the parts { $parts }
    .needed = the parts alert and data_quality, as in data/alerts.toml
    .next = Copy that file and change its numbers.
alert-no-sample = no sample this month
alert-first-detection = first detection after { $count } months below the limit
alert-history = too little history: { $count } earlier months with the same method; needed { $needed }
alert-exceeds = { $ratio } times the baseline of { $count } months; P(more than { $factor } times) = { $p }, q = { $q }
alert-together = { $count } of { $of } drugs moved together by more than { $factor } times: see flow, rain, population
alert-batch = moved the same way in { $count } of { $of } districts by more than { $factor } times: look at the laboratory batch first
alert-flow = flow at { $site } is { $ratio } times its earlier median
alert-doubtful = doubtful: { $doubt }
alert-residual = the result lies { $residual } standard deviations above what the months before let expect (chance { $p })
alert-cusum = small rises add up: CUSUM { $total } over the limit { $limit }
alert-limit-lower = seen now that the limit is lower: in { $count } earlier months it would not have been
alert-quantifiable = a number above all earlier limits, where { $count } of { $of } earlier months had one
alert-across-methods = compared by levels across a change of method ({ $count } earlier months by another method)
alert-laboratory-or-city = laboratory or city: cannot tell (a step of the laboratory at { $month } has a probability of { $p })
