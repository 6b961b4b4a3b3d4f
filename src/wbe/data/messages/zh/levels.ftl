# 水平：各地各月真实水平的可信程度。
levels-draws =
    .came = draws = { $came }
    .needed = 不小于 100 的整数
    .next = 通常取 600。
levels-month =
    .came = until = { $came }
    .needed = 格式为 YYYY-MM 的月份
    .next = 例如写作 "2021-06"。
levels-ahead =
    .came = ahead = { $came }
    .needed = 0 至 12 之间的整数月数
    .next = 通常取 3。
levels-level =
    .came = level = { $came }
    .needed = 0 与 1 之间的概率
    .next = 90 % 请写作 0.9。
levels-no-forecasts =
    .came = 表中缺少 { $columns } 列
    .needed = wbe.levels.forecasts 给出的预测表
    .next = 保存时请保留全部列。
levels-mixed-forecasts =
    .came = { $columns } 有多个取值
    .needed = 同一指标、同一置信水平的预测
    .next = 请分别评分。
