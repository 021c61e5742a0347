"""Tables that are not what they should be: bad rows are told one by one and the good ones kept; a bad file leaves nothing behind."""
import io, json, os, subprocess, zipfile
from house import check, County, limited
from settings import refuses, as_json

HEADER = '工单编号,工单类型,问题分类,标签,标题,主要内容,工单状态,来电人,电话/账号,被反映区,被反映街乡镇,办理结果,回复内容,受理方式,办结时间,企业名称,是否解决,是否满意,工单性质,村/社区,小区点位'
COLUMNS = HEADER.split(',')


def row(number, **cells):
    """One closed work order; `cells` says otherwise."""
    order = {
        '工单编号': number, '工单类型': '投诉', '标题': '路灯不亮问题', '主要内容': f'{number}：路灯不亮，已持续多日。', '工单状态': '已办结',
        '被反映街乡镇': '北山街道', '办理结果': '已处理', '办结时间': '2026-03-04 10:00:00', '是否解决': '是', '是否满意': '满意'} | cells
    return ','.join(order.get(column, '') for column in COLUMNS)


def table(prefix, count, *more): return '\n'.join([HEADER, *(row(f'{prefix}{number:05}') for number in range(count)), *more]) + '\n'


def workbook(rows, sheet=None, target=io.BytesIO):
    """A small XLSX, written by hand; `sheet` replaces the bytes of its sheet."""
    cells = ''.join('<row>' + ''.join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in one.split(',')) + '</row>' for one in rows)
    memory = target()
    with zipfile.ZipFile(memory, 'w', zipfile.ZIP_DEFLATED) as package:
        package.writestr('[Content_Types].xml', '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
        package.writestr('_rels/.rels', '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        package.writestr('xl/workbook.xml', '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="工单" sheetId="1" r:id="r1"/></sheets></workbook>')
        package.writestr('xl/_rels/workbook.xml.rels', '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        head, tail = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>', '</sheetData></worksheet>'
        if sheet is None: package.writestr('xl/worksheets/sheet1.xml', head + cells + tail)
        else:
            with package.open('xl/worksheets/sheet1.xml', 'w', force_zip64=True) as part:
                part.write((head + cells).encode())
                for piece in sheet(): part.write(piece)
                part.write(tail.encode())
    return memory.getvalue()


def run(template):
    county = County('imports', like=template)
    folder = county.folder

    def put(name, content):
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    # ---- Files that are read, with what is bad in them told
    def taken(what, path, created, rejected, *words, repeat=True):
        before = county.count('cases')
        errors = folder / (path.name + '.errors.csv')
        done = county.gewu('import', 'cases', path, '--errors', errors)
        result = done.json or {}
        check(f'{what}: {created} taken, {rejected} told', done.status == 0 and (result.get('created'), result.get('rejected')) == (created, rejected)
              and county.count('cases') == before + created, done)
        told = errors.read_text('utf-8-sig') if errors.exists() else ''
        if rejected:
            missing = [word for word in words if word not in done.err + told]
            check(f'{what}: each bad row is told with its place and reason', done.plain and not missing and len(told.splitlines()) > rejected, f'missing {missing}; {done}; {told[:400]}')
        if repeat:
            again = county.gewu('import', 'cases', path).json or {}
            check(f'{what}: a second run changes nothing', (again.get('created'), again.get('updated')) == (0, 0) and county.count('cases') == before + created, again)

    bad = [
        row('B1', 工单状态='飞走了'), row('', 标题='没有编号'), row('B3', 办结时间='2026-13-45'), row('B4', 被反映区='不存在区'),
        row('B5', 办结时间='2099-01-01 00:00:00'), row('B6', 标题='', 主要内容=''), row('GOOD00001')]
    taken('a table with seven bad rows', put('bad-rows.csv', table('GOOD', 20, *bad)), 20, 7, ':22', ':23', ':28', '飞走了', '2026-13-45')
    taken('a table in GB 18030', put('gb.csv', table('GB', 12, row('GB-X', 标题='䶮㙍𠮷镇街道路灯', 主要内容='四字节汉字：𠮷')).encode('gb18030')), 13, 0)
    check('GB 18030: the words are what was written', county.query("SELECT COUNT(*) FROM cases WHERE title LIKE '%𠮷%'")[0][0] == 1)
    for name, encoding in [('UTF-16 little-endian', 'utf-16'), ('UTF-16 big-endian', 'utf-16-be')]:
        text = table('U16' + encoding[-2:], 7)
        taken(f'a table in {name}', put(f'{encoding}.csv', text.encode('utf-16') if encoding == 'utf-16' else b'\xfe\xff' + text.encode('utf-16-be')), 7, 0)
    taken('a workbook', put('good.xlsx', workbook([HEADER] + [row(f'X{number}') for number in range(9)])), 9, 0)
    taken('a workbook called .csv', put('really.csv', workbook([HEADER, row('XC1')])), 1, 0)
    quotes = table('Q', 5) + row('Q-OPEN', 主要内容='"开了引号没有关上') + '\n' + ''.join(row(f'Q-AFTER{number}') + '\n' for number in range(3))
    before = county.count('cases')
    done = county.gewu('import', 'cases', put('quotes.csv', quotes))
    check('a quote that is never closed: the rows before it are kept and its place is told', county.count('cases') >= before + 5 and done.plain and (':7' in done.err or ' 7' in done.err), done)

    # ---- Files that are refused as a whole
    whole = workbook([HEADER] + [row(f'T{number}') for number in range(3000)])
    bomb = workbook([HEADER, row('BOMB1')], sheet=lambda: (b' ' * (1 << 20) for _ in range(300)))
    secret = put('secret.csv', table('S', 3))
    secret.chmod(0)
    (folder / 'folder.csv').mkdir()
    for what, path, words in [
        ('a workbook cut in half', put('cut.xlsx', whole[:len(whole) // 2]), ['cut.xlsx', 'damaged or cut']),
        ('a workbook with a damaged part', put('bits.xlsx', whole[:2000] + bytes(2000) + whole[4000:]), ['bits.xlsx', 'damaged']),
        ('a zip bomb', put('bomb.xlsx', bomb), ['bomb.xlsx', 'zip bomb']),
        ('a zip that is no workbook', put('zip.xlsx', zipped()), ['zip.xlsx', '.xlsx']),
        ('an old workbook', put('old.xls', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(4096)), ['old.xls', '.xlsx']),
        ('a picture called .xlsx', put('picture.xlsx', b'\x89PNG\r\n\x1a\n' + bytes(range(256)) * 20), ['picture.xlsx']),
        ('an empty file', put('empty.csv', b''), ['empty.csv', 'empty']),
        ('a file of nothing but blank lines', put('blank.csv', b'\n\n\n'), ['blank.csv']),
        ('a folder', folder / 'folder.csv', ['folder.csv']),
        ('a file that does not exist', folder / 'none.csv', ['none.csv', 'No such file']),
        ('a file that may not be read', secret, ['secret.csv', 'ermission']),
        ('wrong headings', put('heads.csv', 'a,b,c\n1,2,3\n'), ['heads.csv', '--mapping']),
        ('a mapping that is not there', put('fine.csv', table('F', 2)), ['map.yaml']),
        ('neither UTF-8 nor GB 18030', put('noise.csv', HEADER.encode() + b'\n\xff\xff\xfe\xfe,\x80\xff\n'), ['noise.csv', 'UTF-8']),
    ]:
        options = ['--mapping', folder / 'map.yaml'] if 'mapping' in what else []
        before = (county.count('cases'), county.count('ledger_entries'))
        errors = folder / 'refused.errors.csv'
        done = county.gewu('import', 'cases', path, '--errors', errors, *options, prepare=limited(without_power=True))
        refuses(what, done, *words)
        as_json(what, done)
        if path.name in ('cut.xlsx', 'bits.xlsx', 'bomb.xlsx', 'noise.csv'):
            # What can be wrong deep inside is found only there; whole chunks before it may stay, never a part of one.
            check(f'{what}: nothing half-written', (county.count('cases') - before[0]) % 500 in (0, 1) and not errors.exists(), (before, county.count('cases'), errors.exists()))
        else: check(f'{what}: nothing was written', (county.count('cases'), county.count('ledger_entries')) == before and not errors.exists(), before)
        errors.unlink(missing_ok=True)
    left = [name for name in os.listdir(folder) if 'partial' in name or name.endswith('.new') or 'tmp' in name]
    check('no half-written file lies about', not left, left)

    divisions(county, put)
    county.sound('after all imports')


def zipped():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, 'w') as package: package.writestr('readme.txt', 'no workbook')
    return memory.getvalue()


def divisions(county, put):
    """Lists of divisions with codes that cannot be, and lists that are none."""
    shipped = county.count('divisions')
    bare = put('divisions-2024.csv', 'a,b\n1,2\n')
    refuses('a list of divisions with wrong headings', county.gewu('import', 'divisions', bare), 'divisions-2024.csv')
    refuses('a list of divisions without a year', county.gewu('import', 'divisions', put('list.csv', 'code,name\n33,浙江省\n')), 'list.csv', '--valid-from')
    refuses('a day that is none', county.gewu('import', 'divisions', bare, '--valid-from', '2026-02-30', json=False), '2026-02-30')
    refuses('a list of divisions that is not there', county.gewu('import', 'divisions', 'none-2024.csv'), 'none-2024.csv')
    check('refused lists of divisions change nothing', county.count('divisions') == shipped)
    bad = ['990106001,没有这个省', '12345,长度不对', '33010A,有字母', '330106003,', '330106001,又一次']
    path = put('divisions-2024.csv', '\n'.join(['code,name', '33,浙江省', '3301,杭州市', '330106,西湖区', '330106001,北山街道', '330106099,试验街道', *bad]) + '\n')
    done = county.gewu('import', 'divisions', path, '--valid-from', '2026-06-30', '--errors', county.folder / 'divisions.errors.csv')
    lists = (done.json or {}).get('lists', [{}])
    told = (county.folder / 'divisions.errors.csv').read_text('utf-8-sig') if (county.folder / 'divisions.errors.csv').exists() else ''
    check('divisions: five impossible rows are told with their place, the good ones taken', done.status == 0 and lists[0].get('rejected') == 5 and done.plain
          and all(word in told for word in ('990106001', '12345', '33010A')) and county.query("SELECT COUNT(*) FROM divisions WHERE code = '330106099'") == [(1,)], f'{done} {told}')
