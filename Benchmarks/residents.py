#!/usr/bin/env python3
"""Invents a register of residents, the same for a seed, in the layout that `gewu import residents` takes.

  Benchmarks/residents.py FILE COUNT [--grids FILE] [--seed N] [--wrong 0.001]

Identity numbers have a right check digit, but for the share of rows that are wrong on purpose. Columns are keys of the data
dictionary; people live in households of one to five, about 500 to a grid. Nobody in it exists."""
import argparse, csv, datetime, random

SURNAMES = ('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤')
GIVEN = ('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红建文辉力永健世广志义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清飞彬富顺信子'
         '茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以健家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘'
         '雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝丽阳')
COLUMNS = ['name', 'citizen-number', 'phone', 'ethnic', 'marital', 'education', 'employment', 'lives-alone', 'low-income', 'veteran',
           'veteran-kind', 'veteran-plaque', 'disability', 'disability-level', 'chronic-illness', 'hypertension', 'diabetes', 'flow',
           'registered-area', 'political', 'medical-insurance', 'pension-insurance', 'pension-drawn', 'empty-nest', 'care-ability',
           'destitute', 'old-age-allowance', 'home-care', 'meal-service', 'family-doctor', 'health-file', 'pregnant', 'mental-disorder',
           'left-behind-child', 'school-stage', 'volunteer', 'job-wanted', 'unemployment-registered', 'hard-to-employ', 'job-training',
           'correction', 'weather-risk', 'needs-evacuation-help', 'tenure', 'dogs', 'fuel', 'electric-bikes', 'occupancy', 'address', 'grid']
CHECK = '10X98765432'


def citizen_number(area, birth, sequence):
    """GB 11643: the last digit follows from the others."""
    digits = f'{area}{birth:%Y%m%d}{sequence:03d}'
    total = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)))
    return digits + CHECK[total % 11]


def residents(count, grids, seed=1, wrong=0.001, today=None):
    """Yields (row, age, sex, is right) for each; ages as of `today`."""
    chance = random.Random(seed)
    today = today or datetime.date.today()
    r, given, weights = chance.random, GIVEN, [1 / (n + 4) for n in range(len(SURNAMES))]
    surnames = chance.choices(SURNAMES, weights, k=20_000)
    sequences, made, household, grid_of, in_grid = {}, 0, 0, 0, 0
    share = count / len(grids)

    def yes(probability): return '1' if r() < probability else ''
    def known(probability): return '1' if r() < probability else '0'

    while made < count:
        household += 1
        if in_grid >= share and grid_of + 1 < len(grids): grid_of, in_grid = grid_of + 1, in_grid - share
        grid = grids[grid_of]
        address = f'{grid[6:9]}路{grid[9:]}弄{household // 40 % 90 + 1}幢{household % 40 // 10 + 1}单元{household % 10 + 1:d}0{household % 4 + 1}室{household}号'
        tenure, fuel = ('1', '2', '3')[0 if r() < 0.7 else 1 if r() < 0.7 else 2], '1' if r() < 0.8 else '2'
        dogs, bikes, members = str(int(r() < 0.06)), str(int(r() * 3)), 1 + int(r() * r() * 5.5)
        flow = '2' if r() < 0.27 else '1'
        eldest = 20 + int(r() * 72)
        for member in range(members):
            if made >= count: break
            made += 1; in_grid += 1
            age = max(0, min(99, eldest - int(r() * 4) if member < 2 else eldest - 22 - int(r() * 16) if eldest > 40 else int(r() * 18)))
            birth = today - datetime.timedelta(days=int((age + r()) * 365.2425))
            sex = 1 if r() < 0.51 else 2
            area = '330106' if flow == '1' else '341122'
            key = (area, birth, sex)
            number = sequences.get(key, 0); sequences[key] = number + 1
            sequence = number * 2 + (1 if sex == 1 else 2)
            if sequence > 999: made -= 1; in_grid -= 1; continue
            text = citizen_number(area, birth, sequence)
            is_right = r() >= wrong
            if not is_right: text = text[:-1] + CHECK[(CHECK.index(text[-1]) + 1) % 11]
            years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
            old, child, working = years >= 60, years < 16, 16 <= years < 60
            # Few characters stand in most names, so that many have the same, as in life.
            name = surnames[int(r() * 20_000)] + given[int(r() * r() * r() * len(given))] + (given[int(r() * r() * r() * len(given))] if r() < 0.85 else '')
            alone = members == 1
            employment = '4' if child and years >= 6 or 16 <= years < 19 else '' if child else '3' if old else '1' if r() < 0.88 else '2' if r() < 0.6 else '5'
            disability = str(1 + int(r() * 7)) if r() < 0.03 else ''
            chronic, veteran, low = r() < years / 220, working and r() < 0.03, r() < 0.012
            yield [
                name, text, f'1{3 + int(r() * 7)}{int(r() * 1e9):09d}' if years > 12 else '', '01' if r() < 0.95 else f'{2 + int(r() * 55):02d}',
                '10' if years < 22 else ('10', '20', '30', '40')[0 if r() < .12 else 1 if r() < .85 else 2 if r() < .6 else 3],
                '' if years < 6 else '80' if years < 12 else ('10', '20', '30', '40', '60', '70', '80', '90')[int(r() * 8)], employment,
                known(1) if alone and years >= 18 else '', '1' if low else '0', '1' if veteran else '', yes(.2) if veteran else '', yes(.9) if veteran else '',
                disability, str(1 + int(r() * 4)) if disability else '', '1' if chronic else '0', yes(.6) if chronic else '', yes(.3) if chronic else '',
                flow, area if flow == '2' else '', '13' if r() < 0.8 else '01', ('0', '1', '2')[0 if r() < .05 else 1 if r() < .5 else 2],
                '' if child else ('0', '1', '2')[0 if r() < .2 else 1 if r() < .5 else 2], yes(.9) if old else '', yes(.3) if old and not alone else '',
                ('1', '2', '3', '4')[0 if r() < .85 else 1 + int(r() * 3)] if old else '', yes(.002), yes(.8) if years >= 80 else '', yes(.06) if old else '',
                yes(.08) if old else '', known(.4), known(.7), yes(.03) if sex == 2 and 18 <= years < 46 else '', yes(.004), yes(.03) if child else '',
                str(1 + int(r() * 4)) if 6 <= years < 18 else '', yes(.06) if years >= 18 else '', yes(.5) if employment == '2' else '',
                known(.5) if employment == '2' else '', yes(.2) if employment == '2' else '', yes(.05) if working else '', yes(.001) if years >= 18 else '',
                yes(.02), yes(.1) if years >= 75 else '', tenure, dogs, fuel, bikes, '1', address, grid], years, sex, is_right


def write(path, count, grids, seed=1, wrong=0.001, today=None, also=None):
    """-> how many rows are right. `also` is a second file for others' databases: grid, age, sex, then the columns; right rows only."""
    right = 0
    with open(path, 'w', newline='', encoding='utf-8') as file:
        rows = csv.writer(file, lineterminator='\n')
        rows.writerow(COLUMNS)
        other = open(also, 'w', newline='', encoding='utf-8') if also else None
        plain = csv.writer(other, lineterminator='\n') if other else None
        if plain: plain.writerow(['grid_code', 'age', 'sex', *COLUMNS])
        for row, age, sex, is_right in residents(count, grids, seed, wrong, today):
            rows.writerow(row)
            right += is_right
            if plain and is_right: plain.writerow([row[-1], age, sex, *row])
        if other: other.close()
    return right


if __name__ == '__main__':
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('file')
    options.add_argument('count', type=int)
    options.add_argument('--grids', help='a file with the code of a grid in each line; one grid of the demonstration county without it')
    options.add_argument('--seed', type=int, default=1)
    options.add_argument('--wrong', type=float, default=0.001)
    o = options.parse_args()
    grids = open(o.grids).read().split() if o.grids else ['330106002051001']
    print(write(o.file, o.count, grids, o.seed, o.wrong), 'right rows')
