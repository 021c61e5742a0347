"""The conditions of Rules/forms/*.yaml as SQL over one table of residents, for databases that compute the same counts."""
import pathlib, re

import yaml

SIGNS = {'=', '<', '<=', '>', '>=', '<>', '!='}


def tokens(text): return re.findall(r"<=|>=|<>|!=|[()=<>,]|[^\s()=<>!,]+", text)


def column(element): return 'age' if element == 'age' else 'e_' + element.replace('-', '_')


class Reading:
    """A condition, read by descent; `columns` are the elements that it names."""
    def __init__(self, text):
        self.rest, self.columns = tokens(text), set()

    def sql(self):
        if self.rest in ([], ['all']): return 'TRUE'
        found = self.either()
        if self.rest: raise ValueError(f'not understood: {" ".join(self.rest)}')
        return found

    def take(self, word=None):
        if word is None or self.rest[:1] == [word]: return self.rest.pop(0)
        return None

    def either(self):
        parts = [self.both()]
        while self.take('or'): parts.append(self.both())
        return '(' + ' OR '.join(parts) + ')' if len(parts) > 1 else parts[0]

    def both(self):
        parts = [self.one()]
        while self.take('and'): parts.append(self.one())
        return '(' + ' AND '.join(parts) + ')' if len(parts) > 1 else parts[0]

    def one(self):
        if self.take('not'): return f'NOT {self.one()}'
        if self.take('('):
            found = self.either()
            if not self.take(')'): raise ValueError('a bracket is not closed')
            return found
        element = self.take()
        self.columns.add(element)
        name = column(element)
        if self.take('is'):
            return f'{name} IS NOT NULL' if self.take() == 'known' else f'{name} IS NULL'
        if self.take('in'):
            values, _ = [], self.take('(')
            while not self.take(')'):
                if not self.take(','): values.append(self.value())
            return f"coalesce({name} IN ({', '.join(values)}), FALSE)"
        sign = self.take()
        if sign not in SIGNS: raise ValueError(f'{sign} is no comparison')
        if element == 'age': return f'coalesce(age {sign} {self.take()}, FALSE)'
        if sign in ('=', '<>', '!='): return f'coalesce({name} {sign} {self.value()}, FALSE)'
        return f'coalesce(CAST({name} AS INT) {sign} {self.take()}, FALSE)'

    def value(self):
        text = self.take()
        return "'" + {'yes': '1', 'no': '0'}.get(text, text.strip('"\'')) + "'"


def shipped(folder):
    """All forms of a folder of rules, as they stand in the files."""
    return [form for path in sorted(pathlib.Path(folder, 'forms').glob('*.yaml')) for form in yaml.safe_load(path.read_text())['forms']]


def of_residents(forms):
    """Those that count persons where they live: the others need tables of homes, which a register of residents is not."""
    return [f for f in forms if f['of'] == 'person' and f.get('place', 'residence') == 'residence']


def cells(form):
    """Conditions of the form's counts, in the order in which the program numbers them; without the total."""
    found = [c['where'] for c in form.get('counts') or []]
    return found + [f"({row['where']}) and ({head['where']})" for row in form.get('rows') or [] for head in form.get('heads') or []]


def query(form):
    """-> SQL that counts the form's cells in every grid, and the elements that it reads."""
    columns, counted = set(), []
    def sql(text):
        reading = Reading(str(text))
        found = reading.sql()
        columns.update(reading.columns)
        return found
    for index, condition in enumerate(cells(form)): counted.append(f', count(*) FILTER (WHERE {sql(condition)}) AS c{index + 1}')
    return f"SELECT grid_code, count(*) AS c0{''.join(counted)} FROM residents WHERE {sql(form.get('filter', 'all'))} GROUP BY grid_code", columns


def more(forms, count):
    """Forms of the same kinds until there are `count`: each asks for another least age, as the shipped ones differ in theirs."""
    found, round = [], 0
    while len(forms) + len(found) < count:
        round += 1
        for form in of_residents(forms)[:count - len(forms) - len(found)]:
            own = form.get('filter', 'all')
            narrower = f'age >= {round}' if own == 'all' else f'({own}) and age >= {round}'
            found.append(form | {'key': f"{form['key']}-{round}", 'filter': narrower})
    return found
