# 由浓度到负荷、消费量与剂次：换算链拒绝的情形。
conversion-fraction = fraction：收到 { $came }；应为大于 0 且不超过 1 的排泄份额（29 % 请写作 0.29）。
conversion-consumed-already = load：该值已是{ $drug }的消费量；{ $asked }的校正因子只能对其标志物负荷使用一次。
conversion-other-drug = load：{ $biomarker }是{ $known }的标志物，不是{ $drug }的。请写明产生该标志物的毒品。
conversion-other-biomarker = load：{ $drug }的校正因子对应标志物{ $biomarker }，而该负荷属于{ $came }。一种物质的质量不能当作另一种物质的质量。
conversion-added-biomarkers = load：该负荷原按标志物区分，现已失去标记：不同标志物的负荷不能相加。请先选定一种标志物。
conversion-load-for-consumption = consumed：收到的是标志物负荷；应为毒品消费量。请先使用该毒品的校正因子：consumption(load, factor)。
conversion-purity = purity：收到 { $came }；应为大于 0 且不超过 1 的质量分数。
conversion-light-salt = molar_mass_salt：收到 { $salt }，小于碱基的 { $base }；盐的摩尔质量不会小于其碱基。
conversion-recovery = recovery：收到 { $came }；应为大于 0 的份额（95 % 请写作 0.95）。
conversion-corrected-already = { $name }：该值已作过 { $name } 校正；同一校正只能进行一次。
conversion-not-positive = { $name }：收到 { $came }；应为正数。
