# 负荷的来源。
origin-fraction =
    .came = 对映体分数 { $came }
    .needed = R/(R+S)，介于 0 与 1 之间
    .next = 请核对分子为哪种对映体，以及是否写成了百分数。
origin-positive =
    .came = { $what } 为 { $came }
    .needed = 大于 0 的有限数
    .next = 其中一项未检出时请不要给出。
origin-no-samples =
    .came = 对没有样品的结果调用 { $where }
    .needed = 估计结果（Estimate）
    .next = 已发表的负荷没有单个样品，无法求样品内比值：wbe.estimate(样品)。
origin-parent-below = 有 { $count } 个样品中 { $parent } 低于检出限，按限值计
origin-lead = 也可来自 { $parent }；库中没有比值，来源不明：{ $reason }
origin-parent-not-measured = 也可来自 { $parent }，但同一样品未测该项：{ $reason }
origin-own-use = { $biomarker } 超出 { $parent } 所能产生的量（p = { $p }）
origin-parent-may-leave = 仅 { $parent } 就可能产生这么多 { $biomarker }（p = { $p }）：来源不明
origin-no-tracer = 未与 { $biomarker } 同时测定任何示踪物：此处只有已发表的份额可作参考
origin-alike = 所测项目无法区分：{ $sources }
origin-call-use = { $drug }：使用（相对其余为 { $use } 比 1）
origin-call-discharge = { $drug }：有未经人体的产品进入污水（相对使用为 { $discharge } 比 1）；行动前请核实
origin-call-not-consumed = { $drug }：未经人体的产品，来自倾倒或制造（倾倒相对使用为 { $discharge } 比 1）
origin-call-medicine = { $drug }：最可能为药品
origin-call-cannot-tell = { $drug }：无法判断（倾倒相对使用为 { $discharge } 比 1）
origin-recent =
    .came = recent = { $came }
    .needed = 大于 0 的整数月数
    .next = 通常取 3：单月样品太少。
origin-city-only = { $where }：涉及单个区县和样品，{ $edition } 版不予显示。请使用内部版。
origin-panel-not-run = 所有样品均未测定，无法判断
origin-panel-not-found = 测定 { $count } 个样品，均未高于检出限
origin-panel-new = { $month } 首次检出，此前 { $before } 个样品未检出
origin-panel-more-often = 近期检出更频繁：{ $now }，此前为 { $then }
origin-panel-gone = 最近一次检出为 { $month }，此后测定 { $since } 个样品未检出
origin-panel-no-factor = 无因子：只给出负荷、趋势和检出率，不换算消费量
