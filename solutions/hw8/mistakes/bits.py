"""Wrong versions of int_to_bits and bits_to_int."""


def lowest_first__int_to_bits(n, dim=8):
    return np.array([n >> place & 1 for place in range(dim)])


def lowest_first__bits_to_int(bits):
    return sum(int(bit) << place for place, bit in enumerate(bits))


def writes_lowest_first__int_to_bits(n, dim=8):
    bits = []
    for _ in range(dim):
        bits.append(n % 2)
        n //= 2
    return np.array(bits)


def reads_lowest_first__bits_to_int(bits):
    number = 0
    for place in range(len(bits)):
        number += int(bits[place]) * 2**place
    return number


def not_filled_up__int_to_bits(n, dim=8):
    return np.array([int(digit) for digit in bin(n)[2:]])


def eight_digits_always__int_to_bits(n, dim=8):
    return np.unpackbits(np.array([n % 256], dtype=np.uint8)).astype(int)


def uint8_table__int_to_bits(n, dim=8):
    table = np.unpackbits(np.array([range(2**dim)], dtype=np.uint8).T, axis=1)
    return table[n]


def digits_as_text__int_to_bits(n, dim=8):
    return list(format(n, f"0{dim}b"))


def true_division__int_to_bits(n, dim=8):
    bits = []
    for _ in range(dim):
        bits.append(n % 2)
        n = n / 2
    return np.array(bits[::-1])


def filled_up_behind__int_to_bits(n, dim=8):
    digits = [int(digit) for digit in bin(n)[2:]]
    return np.array(digits + [0] * (dim - len(digits)))


def powers_one_too_high__bits_to_int(bits):
    return sum(int(bit) * 2 ** (place + 1) for place, bit in enumerate(reversed(bits)))


def read_as_decimal__bits_to_int(bits):
    return int("".join(str(bit) for bit in bits))


def wraps_at_256__bits_to_int(bits):
    number = 0
    for bit in bits:
        number = (2 * number + int(bit)) % 256
    return number


def adds_in_the_type_of_the_bits__bits_to_int(bits):
    number = 0
    for place, bit in enumerate(reversed(bits)):
        number += bit * 2**place
    return number


def eight_places_always__bits_to_int(bits):
    number = 0
    for place in range(8):
        number += int(bits[-1 - place]) * 2**place
    return number


def counts_the_ones__bits_to_int(bits):
    return int(np.sum(bits))


def table_of_256__int_to_bits(n, dim=8):
    binary = np.unpackbits(np.array([range(256)], dtype=np.uint8).T, axis=1)
    return {number: binary[number] for number in range(256)}[n]
