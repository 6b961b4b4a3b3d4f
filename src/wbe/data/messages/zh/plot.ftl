# 图。
plot-no-chinese-font = 未找到含有标签汉字的字体，标签改用英文。字体随扩展包 report 提供：在 wbe-drugs 目录中运行 pip install '.[report]'
plot-axes-of-no-figure =
    .came = 不属于任何图的坐标轴
    .needed = 属于某个图的坐标轴
    .next = 请用 figure.add_subplot() 创建。
plot-axes-for-districts =
    .came = { $came } 个坐标轴
    .needed = { $wanted } 个区县各一个
    .next = 省去 ax 即可得到包含所有区县的图。
plot-ranking-of-several =
    .came = { $count } 行的排名，不是同一月份和同一毒品
    .needed = wbe.rank 的一个月份和一种毒品
    .next = 请改为给出 month 和 drug。
