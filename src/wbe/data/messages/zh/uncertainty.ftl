# 不确定度：乘积引擎、抽样与采样设计拒绝的情形。
uncertainty-above-one = { $name }：{ $shape } 有 { $share } % 大于 1；份额不能如此。请用 Beta(mean=, sd=)，或将百分数除以 100。
uncertainty-above-zero = { $name } = { $came }；应为大于 0 的有限数。
uncertainty-autocorrelation = autocorrelation = { $came }；应为不小于 0 且小于 1 的数。
uncertainty-beta-shapes = { $name }：请给出均值和标准差，或两个形状参数 a 和 b。
uncertainty-bounds = { $name }：low, high = { $low }, { $high }；应满足 0 <= low < high。
uncertainty-central-infinite = 中心值 { $name }：{ $count } 个值为无穷大；某处除以了零。此类单元请留空（NaN）。
uncertainty-central-negative = 中心值 { $name }：最小为 { $lowest }；正因子之积不能为负。相减请用抽样，不能用乘积。
uncertainty-central-type = central = { $came }；应为 xarray DataArray。
uncertainty-concentration = { $name }：concentration = { $came }；应为大于 0 的数。
uncertainty-correction-spread = 样品已作校正（{ $done }），但缺少该校正的离散程度 { $lost }。请保留 wbe.factors.correct 加入的变量，或对原始样品重新校正。
uncertainty-correlation-matrix = { $group }：应为 { $n } x { $m } 的对称相关矩阵，对角线为 1。
uncertainty-correlations-contradict = { $group }：相关系数相互矛盾（矩阵非正定）。
uncertainty-correlations-lacking = { $group }：相关矩阵缺少 { $names }。
uncertainty-cv-or-gsd = { $name }：请以 cv 或 gsd 之一给出离散程度（收到 cv={ $cv }，gsd={ $gsd }）。
uncertainty-day-load = concentration 与 flow：应为非负数值，且负荷大于 0。
uncertainty-day-rows = concentration 与 flow：应为一天内两列等长的有限数值。
uncertainty-diurnal = diurnal_cv = { $came }；应为不小于 0 的有限数。
uncertainty-draw-number = n = { $came }；应为不小于 1 的整数抽样次数。
uncertainty-draws-not-positive = { $name }：抽样值必须全部有限且大于 0（最小为 { $smallest }）。
uncertainty-equal-draws = { $name }：所有抽样值均为 { $came }，没有离散。
uncertainty-every-pulse = interval = { $interval } 分钟，短于 { $pulse } 分钟的一次脉冲：每次脉冲都会采到，没有此项误差。请去掉该项。
uncertainty-factor = factor = { $came }；应为大于 0 的有限数。
uncertainty-few-blocks = least_blocks = { $came }；少于 { $least } 组时停止只是偶然。
uncertainty-few-draws = { $name }：仅 { $count } 个抽样值；至少需要 20 个。
uncertainty-fraction-mean = { $name }：mean = { $came }；份额小于 1。百分数请除以 100。
uncertainty-fraction-sd = { $name }：sd = { $came } 对均值为 { $mean } 的份额过宽（须小于 { $most }）。
uncertainty-group-spread = { $group }[{ $member }]：log_sd = { $came }；应为大于 0 的数。
uncertainty-gsd = { $name }：gsd = { $came }；几何标准差是大于 1 的倍数。
uncertainty-labels-differ = 两个量沿共同维的标签不同：{ $said }。请选择相同的单元。
uncertainty-level = level = { $came }；应为 0 到 1 之间的概率。
uncertainty-level-example = level = { $came }；应为 0 到 1 之间的概率，例如 0.95。
uncertainty-levels = levels = { $came }；应为 0 到 1 之间的概率。
uncertainty-mapping-empty = { $name }：分布的映射为空。
uncertainty-mapping-part = { $name }[{ $key }]：{ $came } 不是 Distribution。
uncertainty-mapping-scope = { $name }：每个键一个分布时需要 scope，例如 ('drug',)；实际为 ()。
uncertainty-mixture-part = { $name }：组成部分 { $came } 不是 Distribution。
uncertainty-mixture-weights = { $name }：权重之和为 { $total }；应为 1。
uncertainty-no-coordinate = varying：数据没有坐标 { $came }。
uncertainty-no-default = { $term }：没有类型 { $kind } 的默认值。已有类型：{ $known }。
uncertainty-no-dimension = sel：{ $came } 不是该量的维（{ $dims }）。
uncertainty-no-distribution = { $name }：{ $coordinate } 的 { $keys } 没有分布（共缺 { $count } 个）。请补上，或只选择有分布的单元。
uncertainty-no-interval = { $name }：水平 { $level } 下的区间（{ $lower }，{ $upper }）不成立。
uncertainty-no-label = sel：{ $came } 不在 { $dim } 的标签之中。
uncertainty-no-naming-coordinate = { $name }：{ $at } 中没有坐标的取值都在 { $known } 之内。
uncertainty-no-such-size = { $came }：没有此项测量误差。可用：{ $known }。
uncertainty-no-variation = 模型的输出没有变化，无从判断稳定。
uncertainty-not-finite = { $name }：{ $key } = { $came }；应为有限数。请更正输入。
uncertainty-not-positive = { $name }：{ $key } = { $came }；应为大于 0 的数。没有离散的输入就是普通数值，直接相乘即可。
uncertainty-one-cell = sobol_natural：共 { $count } 个单元；只能有一个。请先用 .isel 或 .sel 选定。
uncertainty-power = { $name }：power = { $came }；应为有限数。
uncertainty-ratio-cells = ratio：a 的单元为 { $a }，b 为 { $b }；两侧请选择相同的标签。
uncertainty-ratio-labels = ratio：a 与 b 沿 { $dim } 的标签不同；请选择相同的标签。
uncertainty-ratio-no-dimension = ratio：{ $side } 中的 { $came } 不标记该量的任何维。
uncertainty-ratio-nothing = ratio：{ $side } = { $selection } 沿 { $dim } 没有找到单元。
uncertainty-ratio-several = ratio：{ $side } = { $selection } 沿 { $dim } 找到 { $count } 个单元；请加上能指明其一的坐标。
uncertainty-scope-lacking = { $name }：scope 所列 { $missing } 不在数据中（坐标：{ $known }）。请附上该坐标，或按已有坐标抽取该项。
uncertainty-scope-twice = { $name }：scope { $came } 重复列出同一坐标。
uncertainty-seed = seed = { $came }；应为不小于 0 的整数。
uncertainty-several-sums = weights：得出 { $count } 个和；请逐个求。
uncertainty-share-unknown = Shares：{ $came } 不在 { $known } 之中。
uncertainty-shares = { $name }：份额 { $came }；应为大于 0 的有限数。
uncertainty-shares-sum = { $name }：份额之和为 { $total }；同一整体的各份额之和不超过 1。
uncertainty-size = { $name }：cv = { $came }；应为大于 0 的有限数，例如 10 % 写作 0.1。
uncertainty-so-wide = { $name }：{ $shape } 过宽，一个标准差即超过 { $times } 倍，大部分概率紧靠 0。请给出较窄的离散，或用对数正态分布。
uncertainty-sobol-key = Sobol：{ $name } 的键 { $key } 不在生成该序列的量之中。
uncertainty-sobol-keys = Sobol：该量有 { $count } 个键，序列只有 { $most } 维。请少选一些单元，或用普通抽样。
uncertainty-spread = { $name }：spread = { $came }；应为大于 0 的对数标准差。没有误差则去掉该项。
uncertainty-spread-foreign = { $name }：spread 沿 { $foreign } 变化，而数据没有该维（{ $dims }）。
uncertainty-spread-kind = { $name }：spread = { $came }；应为对数标准差、其 DataArray、Distribution 或映射。
uncertainty-spread-labels = { $name }：spread 与数据沿 { $dim } 的标签不同；请对 spread 重新索引。
uncertainty-spread-negative = { $name }：spread 有负值，最小为 { $lowest }。
uncertainty-spread-not-finite = { $name }：spread 有 { $count } 个值不是有限数。
uncertainty-spread-size = { $name }：spread 沿 { $dim } 有 { $count } 个值，数据有 { $size } 个。
uncertainty-strata = 分层 { $names }：每层都需要数值和大小。没有样品的层请合并。
uncertainty-stratum-single = 分层 { $stratum }：一个数值看不出离散。请给出 prior_sd，即其他月份的日间标准差。
uncertainty-stratum-values = 分层 { $stratum }：应有 1 至 { $size } 个有限数值，实际为 { $count } 个。
uncertainty-term-name = Term：name = { $came }；应为说明误差来源的文字。
uncertainty-term-scope = { $name }：scope = { $came }；应为坐标名的元组，例如 ('sample',)。
uncertainty-too-many-days = days_sampled = { $came }，多于该时段的 { $days } 天。
uncertainty-triangle = { $name }：low, mode, high = { $low }, { $mode }, { $high }；应满足 0 <= low <= mode <= high 且 low < high。
uncertainty-two-scopes = { $name }：一处按 { $one } 抽取，另一处按 { $other } 抽取。一个名称只代表一个误差来源；请为第二个另取名称。
uncertainty-two-spreads = { $name }：同一名称下有两种离散。一个名称只代表一个误差来源；请为第二个另取名称。
uncertainty-weights-dimensions = weights：与该量（{ $dims }）的共同维为 { $shared }；须恰有一个可供求和的维。
uncertainty-weights-labels = weights：沿 { $dim } 的标签与该量不同。
uncertainty-weights-not-finite = weights：{ $count } 个值不是有限数。
