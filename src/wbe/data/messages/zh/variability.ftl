# 日间、采样、检测与批次的变异：由数据估计的误差大小。
variability-size =
    .came = cvs['{ $term }'] = { $came }
    .needed = 大于 0 的有限变异系数
    .next = 10 % 请写作 0.1。
variability-month =
    .came = until = { $came }
    .needed = 格式为 YYYY-MM 的月份
    .next = 例如写作 "2021-06"。
variability-repeated =
    .came = { $city }的统计量来自两个部分
    .needed = 每个城市只在一个部分中
    .next = 请先将同一城市的全部样品合并，再行相加。
variability-source-user = 用户设定
variability-source-prior = 数据中无此信息，仅依先验
variability-source-learnt = 先验经本文件数据更新
