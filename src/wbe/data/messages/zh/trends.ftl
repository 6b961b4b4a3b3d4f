# 趋势与变化：无数值的原因，以及读数时应注意的事项。
trends-no-month =
    .came = { $first } 至 { $last } 之间没有月份
    .needed = 包含估算月份的时段：{ $months }
    .next = 请在其中选择起止月份。
trends-months-missing = { $of } 个月中缺 { $count } 个月
trends-method-changed = 检测方法于 { $at } 变更：各方法水平分别计算
trends-months-below = { $count } 个月低于检出限
trends-rank-test-blind = n={ $count } 时秩检验不可能显著
trends-too-few-detected = 检出月数不足，不计算斜率（{ $of } 个月中 { $count } 个月检出）
trends-too-few-months = 按方法分段后月数不足，不计算斜率
trends-no-number = { $month } 无数值：{ $reason }
trends-method-pair = 检测方法变更（{ $early } 改为 { $late }）
