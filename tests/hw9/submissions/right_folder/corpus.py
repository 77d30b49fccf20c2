"""Corpus."""
from random import Random
import torch

def load_corpus(text, n):
    clean = text.replace("\n", " ").replace("\r", " ")[:n]
    letters = sorted(set(clean))
    lookup = {letter: number for number, letter in enumerate(letters)}
    return [lookup[letter] for letter in clean], lookup, letters, len(letters)

def windows(indices, starts, num_steps):
    return torch.tensor([indices[s:s + num_steps] for s in starts])

def data_iter_random(indices, batch_size, num_steps, seed):
    starts = list(range(0, (len(indices) - 1) // num_steps * num_steps, num_steps))
    Random(seed).shuffle(starts)
    batches = []
    for i in range(0, len(starts) - batch_size + 1, batch_size):
        now = starts[i:i + batch_size]
        batches.append((windows(indices, now, num_steps), windows(indices[1:], now, num_steps)))
    return batches

def data_iter_consecutive(indices, batch_size, num_steps):
    length = len(indices) // batch_size
    starts = [k * length for k in range(batch_size)]
    batches = []
    for j in range((length - 1) // num_steps):
        now = [s + j * num_steps for s in starts]
        batches.append((windows(indices, now, num_steps), windows(indices[1:], now, num_steps)))
    return batches
