# Pictures.
plot-no-chinese-font = no font with the Chinese characters of the labels was found: labels are in English. It comes with the extra report: in the folder of wbe-drugs, run pip install '.[report]'
plot-axes-of-no-figure =
    .came = axes that belong to no figure
    .needed = axes of a figure
    .next = Make them with figure.add_subplot().
plot-axes-for-districts =
    .came = { $came } axes
    .needed = one for each of { $wanted } districts
    .next = Leave ax out for a figure with all districts.
plot-ranking-of-several =
    .came = a ranking of { $count } rows that is not of one month and one drug
    .needed = one month and one drug of wbe.rank
    .next = Give month and drug instead.
