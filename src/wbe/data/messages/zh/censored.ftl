# 低于限值的结果：估计方法拒绝的情形与数值旁的说明。
censored-above-limit = ros：有高于上限的结果；应为检出值和下方限值。请使用 mle_lognormal。
censored-counts = detection_frequency：收到 k={ $k }，n={ $n }；应满足 0 <= k <= n 且 n > 0。
censored-few-detected = { $method }：{ $n } 个结果中只有 { $found } 个不同的检出值；至少需要 { $least } 个。请使用 upper_bound 和 detection_frequency。
censored-few-for-likelihood = 最大似然：只有 { $found } 个不同的检出值；至少需要 2 个。请使用 upper_bound 或 detection_frequency。
censored-few-results = kendall：收到 { $times } 个时间上的 { $count } 个结果；至少需要两个时间上的三个结果。
censored-level = level：收到 { $came }；应为 0 到 1 之间的数，例如 0.95。
censored-limits = limits：收到 { $came }；至少需要一个正的限值，且不含 NaN。
censored-log-sd = log_sd：收到 { $came }；应为正数。
censored-no-limit = fit_pooled：{ $biomarker } 没有任何带数值或限值的结果；请给出检出限。
censored-no-results = summarise：没有任何带数值或限值的结果；至少需要一个。
censored-no-results-prior = 先验：没有任何带数值或限值的结果；至少需要一个。
censored-non-detects-only = fit_mean：全部为未检出；至少需要一个下端为正的结果。
censored-not-complete = complete：{ $n } 个结果中有 { $censored } 个低于或高于限值；只能全部为检出值。
censored-not-from-zero = Kaplan-Meier：有不从 0 开始的区间；请使用 turnbull。
censored-sigma = sigma：收到 { $came }；应为对数的正标准差。
censored-shapes = 下限 { $lower } 与上限 { $upper } 须为等长的一维数组
censored-limit-nan = 有限值为 NaN；没有结果的请不要列入
censored-lower-limit = 有下限为负或无穷大
censored-crossed-limits = 有下限大于其上限
censored-zero = 有上限为 0；零不是测定值，请给出 0 与检出限
censored-lengths = x { $times }、结果（{ $count } 个）与 group（{ $group } 个）须等长且不含 NaN
censored-substituted = 替代规则“{ $rule }”（{ $title }）在 { $n } 个值中虚构了 { $count } 个；仅用于重复已发表的表格，其他情形请用 wbe.censored.summarise
