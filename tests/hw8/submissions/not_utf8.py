# -*- coding: gbk -*-
# 第八次作业 循环神经网络
import numpy as np


# 梯度裁剪
def clip(gradients, maxValue):
    five = [gradients['dWax'], gradients['dWaa'], gradients['dWya'], gradients['db'], gradients['dby']]
    for g in five:
        np.clip(g, -maxValue, maxValue, g)
    return dict(zip(['dWax', 'dWaa', 'dWya', 'db', 'dby'], five))


# 更新参数
def update_parameters(parameters, gradients, lr):
    for p in ['Wax', 'Waa', 'Wya', 'b', 'by']:
        parameters[p] -= gradients['d' + p] * lr
    return parameters
