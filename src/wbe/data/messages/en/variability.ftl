# How much days, samples, analyses and batches differ: learnt sizes of error.
variability-size =
    .came = cvs['{ $term }'] = { $came }
    .needed = a finite coefficient of variation above 0
    .next = Write 0.1 for 10 %.
variability-month =
    .came = until = { $came }
    .needed = a month written as YYYY-MM
    .next = Write "2021-06", for example.
variability-repeated =
    .came = statistics of { $city } from two parts
    .needed = each city in one part
    .next = Put all samples of a city into one part before adding.
variability-source-user = set by the user
variability-source-prior = no data in the file: prior alone
variability-source-learnt = prior, updated by the file
