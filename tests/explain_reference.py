"""Recomputes explanations (docs/explain.md) out of what they print: a formula is read as an expression of Python and
worked out in decimals of 60 digits over the inputs that stand beside it, lists element by element. None of the product's
code has a part in it."""

import ast
import datetime
import decimal
import functools
import json
import math
from decimal import Decimal

CONTEXT = decimal.Context(prec=60, rounding=decimal.ROUND_HALF_UP)
VERDICTS = ["pass", "insufficient", "attention", "fail"]


def instant(text):
    """Milliseconds of an ISO time, None for other texts."""
    if len(text) < 20 or text[4:5] != "-" or text[10:11] != "T":
        return None
    return Decimal(round(datetime.datetime.fromisoformat(text).timestamp() * 1000))


def scalar(value):
    """A cell as it takes part: numbers as decimals, times as milliseconds, texts as they are."""
    if isinstance(value, str):
        time = instant(value)
        return value if time is None else time
    return value


# --- functions -------------------------------------------------------------------------------------------------------

def elementwise(function):
    """A function of single values for lists, too: a single value stands for as many as there are."""

    @functools.wraps(function)
    def on_lists(*arguments):
        lengths = {len(a) for a in arguments if isinstance(a, list)}
        if not lengths:
            return function(*arguments)
        assert len(lengths) == 1, f"lists of {lengths} elements side by side"
        (length,) = lengths
        columns = [a if isinstance(a, list) else [a] * length for a in arguments]
        return [function(*row) for row in zip(*columns)]

    return on_lists


def strict(function):
    """Missing where an argument is."""

    def checked(*arguments):
        return None if any(a is None for a in arguments) else function(*arguments)

    return elementwise(checked)


def divide(a, b):
    return None if b == 0 else CONTEXT.divide(a, b)


def rounded(value, digits):
    unit = Decimal(1).scaleb(-int(digits))
    return value.quantize(unit)  # the context rounds half away from zero


def coverage(measured, expected):
    exact = divide(measured, expected)
    if exact is None:
        return None
    near = rounded(exact, 6)
    if math.floor(near * 1000) == math.floor(exact * 1000):
        return near
    return Decimal(math.floor(exact * 1000000)) / 1000000


def flat(arguments):
    values = []
    for argument in arguments:
        values += argument if isinstance(argument, list) else [argument]
    return values


def present(*arguments):
    return [v for v in flat(arguments) if v is not None]


def total(values):
    result = Decimal(0)
    for value in values:
        result = CONTEXT.add(result, value)
    return result


def sum_present(*arguments):
    values = present(*arguments)
    return total(values) if values else None


def whole(*arguments):
    values = flat(arguments)
    return total(values) if values and None not in values else None


def largest(*arguments):
    best = None
    for value in present(*arguments):
        if best is None or abs(value) > abs(best):
            best = value
    return best


def worst(*arguments):
    return max(present(*arguments), key=VERDICTS.index, default=None)


def rank(values, share):
    ordered = sorted(present(values))
    if not ordered:
        return None
    place = math.ceil(CONTEXT.multiply(share, Decimal(len(ordered))))
    return ordered[min(max(place, 1), len(ordered)) - 1]


def beside(keys, values, key):
    for one, value in zip(keys, values):
        if key is not None and one == key:
            return value
    return None


def interpolated(value, at, score):
    if value is None:
        return None
    if value <= at[0]:
        return score[0]
    for i in range(1, len(at)):
        if value <= at[i]:
            part = CONTEXT.divide(value - at[i - 1], at[i] - at[i - 1])
            return score[i - 1] + CONTEXT.multiply(score[i] - score[i - 1], part)
    return score[-1]


def share(index, digits, values):
    """Largest remainder: what is cut off goes, a unit each, to the largest remainders, of equals to the larger value."""
    units = 10 ** int(digits)
    known = [max(v, Decimal(0)) if v is not None else None for v in values]
    everything = sum(v for v in known if v is not None)
    if not everything or values[int(index) - 1] is None:
        return None
    cut, rest = {}, []
    for i, value in enumerate(known):
        if value is None:
            continue
        exact = CONTEXT.divide(value * units, everything)
        cut[i] = math.floor(exact)
        rest.append((-(exact - cut[i]), -values[i], i))
    for _, _, i in sorted(rest)[:units - sum(cut.values())]:
        cut[i] += 1
    return Decimal(cut[int(index) - 1]) / units


def grouped(function):
    """Of the neighbours with the same key."""

    def by_key(values, keys):
        result, group, last = [], [], None
        for i, (value, key) in enumerate(zip(values, keys)):
            if i and key != last:
                result.append(function(group))
                group = []
            group.append(value)
            last = key
        return result + [function(group)] if group else result

    return by_key


def true(value):
    return value is not None and value != 0 and not isinstance(value, str)


def truth(value):
    return Decimal(1) if value else Decimal(0)


FUNCTIONS = {
    "round": strict(rounded),
    "sqrt": strict(CONTEXT.sqrt),
    "abs": strict(abs),
    "ceil": strict(lambda x: Decimal(math.ceil(x))),
    "where": elementwise(lambda x, c: x if true(c) else None),
    "choose": elementwise(lambda c, a, b: a if true(c) else b),
    "known": elementwise(lambda x: truth(x is not None)),
    "default": elementwise(lambda x, a: a if x is None else x),
    "either": elementwise(lambda a, b: truth(true(a) or true(b))),
    "both": elementwise(lambda a, b: truth(true(a) and true(b))),
    "neither": elementwise(lambda a: truth(not true(a))),
    "coverage": strict(coverage),
    "sum": sum_present,
    "max": lambda *a: max(present(*a), default=None),
    "min": lambda *a: min(present(*a), default=None),
    "count": lambda *a: Decimal(len(present(*a))),
    "distinct": lambda values: Decimal(len(set(present(values)))),
    "whole": whole,
    "largest": largest,
    "worst": worst,
    "first": lambda *a: next(iter(present(*a)), None),
    "rank": rank,
    "when": lambda values, times, x: beside(values, times, x),
    "lookup": lambda x, keys, values: beside(keys, values, x),
    "interp": interpolated,
    "share": share,
    "sum_by": grouped(sum_present),
    "whole_by": grouped(whole),
    "max_by": grouped(lambda g: max(present(g), default=None)),
    "min_by": grouped(lambda g: min(present(g), default=None)),
}

OPERATORS = {
    ast.Add: strict(CONTEXT.add),
    ast.Sub: strict(CONTEXT.subtract),
    ast.Mult: strict(CONTEXT.multiply),
    ast.Div: strict(divide),
    ast.Eq: strict(lambda a, b: truth(a == b)),
    ast.NotEq: strict(lambda a, b: truth(a != b)),
    ast.Lt: strict(lambda a, b: truth(a < b)),
    ast.LtE: strict(lambda a, b: truth(a <= b)),
    ast.Gt: strict(lambda a, b: truth(a > b)),
    ast.GtE: strict(lambda a, b: truth(a >= b)),
}


def evaluate(formula, inputs):
    """The formula's value over inputs by name: parts that it names first, then the expression itself."""
    names = dict(inputs)

    def work(tree):
        if isinstance(tree, ast.Constant):
            return tree.value if isinstance(tree.value, str) else Decimal(str(tree.value))
        if isinstance(tree, ast.Name):
            return names[tree.id]
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
            return OPERATORS[ast.Sub](Decimal(0), work(tree.operand))
        if isinstance(tree, ast.BinOp):
            return OPERATORS[type(tree.op)](work(tree.left), work(tree.right))
        if isinstance(tree, ast.Compare) and len(tree.ops) == 1:
            return OPERATORS[type(tree.ops[0])](work(tree.left), work(tree.comparators[0]))
        assert isinstance(tree, ast.Call), f"not of the language: {ast.dump(tree)}"
        return FUNCTIONS[tree.func.id](*map(work, tree.args))

    *parts, last = ast.parse(formula).body
    with decimal.localcontext(CONTEXT):
        for part in parts:
            names[part.targets[0].id] = work(part.value)
        return work(last.value)


# --- explanations ----------------------------------------------------------------------------------------------------

class Table:
    def __init__(self, line):
        self.name, self.columns = line["table"], line["columns"]
        self.rows = [[scalar(cell) for cell in row] for row in line["rows"]]
        self.taken = {}

    def column(self, name, where=()):
        """The cells of a column in the rows that all conditions hold for."""
        key = json.dumps(where, default=str, sort_keys=True), name
        if key not in self.taken:
            tests = [(self.columns.index(w["column"]), "is" in w, scalar(w.get("is", w.get("is_not")))) for w in where]
            at = self.columns.index(name)
            self.taken[key] = [row[at] for row in self.rows
                               if all((row[i] == value) == same for i, same, value in tests)]
        return self.taken[key]

    def records(self):
        return [dict(zip(self.columns, row)) for row in self.rows]


class Explanation:
    """What `powerreport explain --json` printed."""

    def __init__(self, text):
        lines = [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in text.splitlines()]
        self.head = lines[0]
        self.nodes = {line["node"]: line for line in lines if "node" in line}
        self.tables = {line["table"]: Table(line) for line in lines if "columns" in line}

    def input_value(self, taken):
        if "node" in taken:
            return scalar(self.nodes[taken["node"]]["value"])
        if "nodes" in taken:
            return [scalar(self.nodes[path]["value"]) for path in taken["nodes"]]
        if "table" in taken:
            values = self.tables[taken["table"]].column(taken["column"], taken["where"])
            assert len(values) == taken["count"], f"{taken['name']} of {taken['table']}"
            return values
        return scalar(taken["value"])

    def recomputed(self, node):
        return evaluate(node["formula"], {i["name"]: self.input_value(i) for i in node["inputs"]})

    def agrees(self, node):
        """Whether the value follows from the inputs: exactly, where only exact figures go in."""
        found, told = self.recomputed(node), scalar(node["value"])
        if found is None or told is None or isinstance(told, str):
            return found == told
        if not node.get("inexact"):
            return found == told
        if "digits" in node:  # but for one in the last digit
            return abs(found - told) <= Decimal(1).scaleb(-int(node["digits"]))
        return abs(found - told) <= max(abs(told), 1) * Decimal("1e-12")

    def follows(self, path):
        """All nodes that a node stands on, itself included."""
        seen, left = {}, [path]
        while left:
            node = self.nodes[left.pop()]
            if node["node"] in seen:
                continue
            seen[node["node"]] = node
            for taken in node["inputs"]:
                left += [taken["node"]] if "node" in taken else taken.get("nodes", [])
        return seen
