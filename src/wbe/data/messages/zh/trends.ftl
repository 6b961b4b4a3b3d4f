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
trends-same-month =
    .came = { $month } 与自身比较
    .needed = 两个月份
    .next = 请另选一个对比月份。
trends-no-number = { $month } 无数值：{ $reason }
trends-method-pair = 检测方法变更（{ $early } 改为 { $late }）
trends-event-order =
    .came = 事件起止为 { $start } 至 { $end }
    .needed = 起始月份不晚于结束月份
    .next = 请对调二者。
trends-event-months =
    .came = { $came }
    .needed = 不小于 1 的整数月数
    .next = 通常取 3。
trends-event-sides =
    .came = 区县 { $districts } 对照 { $controls }
    .needed = 两组各至少一个区县，且互不重复
    .next = 请指定受措施影响的区县，以及未受影响的区县。
trends-event-no-number = { $period ->
    [before] 事件之前
    [during] 事件期间
   *[after] 事件之后
}无数值
trends-event-methods = 涉及多种检测方法（{ $methods }）：跨方法不给出概率
trends-event-side-empty = 其中一组没有可比月份
trends-one-drug = 仅有一种毒品：实验室测定水平的跳变也可能呈现此走势，无其他毒品可资分辨
trends-laboratory-or-city = 实验室原因或城市变化，无法区分（{ $month } 实验室出现阶跃的概率为 { $p }）
trends-step-taken-out = 已从斜率中扣除 { $month } 的实验室阶跃（概率 { $p }）
