# 水平：各地各月真实水平的可信程度。
levels-draws =
    .came = draws = { $came }
    .needed = 不小于 100 的整数
    .next = 通常取 600。
levels-month =
    .came = until = { $came }
    .needed = 格式为 YYYY-MM 的月份
    .next = 例如写作 "2021-06"。
