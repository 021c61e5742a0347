import Testing

@testable import Map

@Suite("Finding places by name")
struct PlaceFinderTests {
    private static let finder = PlaceFinder(
        [
            entry("1", ["翠苑街道"], "330106005"), entry("2", ["翠苑一区", "翠苑一区小区"], "330106005001"),
            entry("3", ["浙江大学玉泉校区", "浙大玉泉"], "330106006"), entry("4", ["古荡新村"], "330106007"),
            entry("5", ["西溪湿地"], "330106008"), entry("6", ["翠苑一区"], "330108001"),
        ], readings: ["地": "di"])

    private static func entry(_ id: String, _ names: [String], _ area: String) -> PlaceFinder.Entry {
        .init(id: id, layer: "landmarks", names: names, area: area, longitude: 120, latitude: 30)
    }

    private func found(_ text: String, area: String = "330106") -> [String] {
        Self.finder.matches(text) { $0.hasPrefix(area) }.map(\.entry.id)
    }

    @Test(
        "A place is found by its name, a part, another name, a slip, pinyin and initials",
        arguments: [
            ("翠苑一区", "2"), ("翠苑街", "1"), ("玉泉校区", "3"), ("浙大玉泉", "3"), ("ＧＵＤＡＮＧ", "4"), ("gdxc", "4"),
            ("xixishidi", "5"), ("古荡新邨", "4"), ("西湿溪地", "5"), ("浙江大学玉泉校", "3"), ("西湖区翠苑一区", "2"), ("翠苑 一区!", "2"),
            ("浙江大学泉玉校区", "3"), ("cyjd", "1"),
        ])
    func finds(typed: String, expected: String) {
        #expect(found(typed).first == expected, "\(found(typed))")
    }

    @Test("Nobody finds a place of another area, by whatever way")
    func scope() {
        #expect(found("翠苑一区", area: "330108") == ["6"])
        for typed in ["古荡新村", "gdxc", "gudangxincun", "古荡新邨"] { #expect(found(typed, area: "330108").isEmpty) }
    }

    @Test("What resembles nothing finds nothing", arguments: ["", " ", "上海外滩", "zzzz", "q", "，。！", "123456"])
    func nothing(typed: String) { #expect(found(typed).isEmpty) }

    @Test("One slip is one: two characters that changed places, one missing, one wrong")
    func distance() {
        func apart(_ one: String, _ two: String) -> Int { PlaceFinder.distance(Array(one), Array(two), atMost: 3) }
        #expect(apart("西溪湿地", "西湿溪地") == 1)
        #expect(apart("西溪湿地", "西溪地") == 1)
        #expect(apart("西溪湿地", "西溪公地") == 1)
        #expect(apart("西溪湿地", "东溪公地") == 2)
        #expect(apart("", "一二三四五") == 4)
    }
}
