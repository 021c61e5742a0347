import Desk
import Ground
import HTTPTypes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms

struct ProposalTests {
    /// A form of 36 columns as a department would write it; the last four are held by nobody.
    static let columns = [
        "姓名", "性别（男/女）", "年龄", "身份证号码", "备用电话", "联系电话", "手机号", "现住址", "所属社区", "户籍地", "是否志愿者", "与户主关系", "婚姻状况",
        "特长", "救助类别", "是否独居", "是否空巢", "是否低保", "是否特困", "生活自理能力（能自理/轻度失能/中度失能/重度失能）", "残疾类别", "残疾等级", "残疾证号",
        "是否需要康复", "是否享受高龄津贴", "是否享受居家养老服务", "服务需求", "紧急联系人", "紧急联系人电话", "监护人姓名", "家庭收入", "是否低收入家庭",
        "宠物疫苗批次", "最喜爱的电视节目", "窗帘颜色", "每周散步次数",
    ]

    @Test("Columns are matched by name, synonym, likeness and values; what is new is told as new")
    func matching() throws {
        let matching = ColumnMatching(
            dictionary: try ConditionTests.dictionary(), kind: .person,
            words: try MatchingWords.load(from: RuleFiles(shipped: ConditionTests.shipped)))
        func element(_ column: String) -> String? {
            matching.candidates(for: column).first.flatMap { $0.score >= ColumnMatching.sure ? $0.element : nil }
        }
        #expect(element("身份证号") == "citizen-number")
        #expect(element("*姓 名：") == "name")
        #expect(element("性别（男/女）") == "sex")
        #expect(element("是否独居") == "lives-alone")
        #expect(element("家庭住址") == "address")
        #expect(element("年龄") == "age")
        #expect(element("房屋安全等级（A级/B级/C级/D级）") == "safety-grade")
        #expect(element("窗帘颜色") == nil)
        #expect(element("宗教信仰") == nil)
        let held = Self.columns.filter { element($0) != nil }
        #expect(held.count == 32, "\(Self.columns.filter { element($0) == nil })")
    }

    @Test(
        "A department's form of 36 columns: 32 are held, four must justify themselves; approved, it is current at once",
        arguments: EngineCase.available)
    func proposal(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            let old = try await world.resident(
                "王小明", born: "1940-05-05", in: home, ["lives-alone": "是", "phone": "13800138000"])
            try await world.forms.compute()
            let list = Self.columns.map { "\"\($0)\"" }.joined(separator: ",")
            let body = """
                {"name":"高龄老人关爱表","purpose":"civil-affairs","kind":"person","filter":"age >= 80","columns":[\(list)],"timesAYear":12}
                """
            let asked = try await world.call(.post, "/api/v1/forms/proposals", body, as: "welfare")
            #expect(asked.status == 201, "\(asked.text.prefix(300))")
            #expect(asked.text.contains("\"held\":32") && asked.text.contains("\"new\":4"))
            #expect(asked.text.contains("\"subjects\":1"))
            let id = try #require(asked.text.firstMatch(of: /"id":"([0-9a-z]{26})"/)?.output.1)
            for path in ["/forms/proposals", "/forms/proposals/\(id)"] {
                let page = try await world.call(.get, path, as: "data")
                #expect(page.status == 200 && page.text.contains("高龄老人关爱表"), "\(path)")
            }
            let page = try await world.call(.get, "/forms/proposals/\(id)", as: "data")
            #expect(page.text.contains("36 个栏目中 32 个已有"))
            #expect(try await world.call(.get, "/forms/proposals/\(id)", as: "doctor").status == 404)
            let own = try await world.call(
                .post, "/api/v1/forms/proposals/\(id)/decision", "{\"decision\":\"approve\"}", as: "welfare")
            #expect(own.status == 403)
            let decided = try await world.call(
                .post, "/api/v1/forms/proposals/\(id)/decision", "{\"decision\":\"approve\"}", as: "data")
            #expect(decided.status == 200 && decided.text.contains("\"state\":\"approved\""))
            let again = try await world.call(
                .post, "/api/v1/forms/proposals/\(id)/decision", "{\"decision\":\"approve\"}", as: "data")
            #expect(again.status == 409)
            let key = try #require(decided.text.firstMatch(of: /"form":"([a-z0-9-]+)"/)?.output.1)
            // The department's link leads there at once, not to a page that is not there.
            let fresh = try await world.call(.get, "/forms/\(key)", as: "welfare")
            #expect(fresh.status == 200 && fresh.text.contains("正在首次计算"))
            try await world.forms.compute()
            #expect(try await world.listed(String(key)) == [old.id])
            // Whoever turns eighty by a fact written now is in it in the same moment.
            try await world.resident("李秀英", born: "1941-01-01", sex: "2", in: home)
            #expect(try await world.listed(String(key)).count == 2)
            let rows = try await world.call(
                .post, "/api/v1/forms/\(key)/rows", "{\"purpose\":\"civil-affairs\"}", as: "welfare")
            #expect(rows.text.contains("王小明"))
        }
    }

    @Test(
        "Of the new columns the data bureau lets some be asked, as elements of the dictionary; the others are not collected",
        arguments: EngineCase.available)
    func admitted(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            let old = try await world.resident("王小明", born: "1940-05-05", in: home)
            let columns = Self.columns.dropLast(4) + ["沟通要人转述", "能否发讯息通知", "窗帘颜色", "每周散步次数"]
            let list = columns.map { "\"\($0)\"" }.joined(separator: ",")
            let asked = try await world.call(
                .post, "/api/v1/forms/proposals",
                "{\"name\":\"高龄老人关爱表\",\"purpose\":\"civil-affairs\",\"kind\":\"person\",\"filter\":\"age >= 80\",\"columns\":[\(list)],\"timesAYear\":12}",
                as: "welfare")
            #expect(asked.text.contains("\"held\":32") && asked.text.contains("\"new\":4"), "\(asked.text.prefix(300))")
            let id = try #require(asked.text.firstMatch(of: /"id":"([0-9a-z]{26})"/)?.output.1)
            func decide(_ admitted: String) async throws -> (status: Int, text: String) {
                let answer = try await world.call(
                    .post, "/api/v1/forms/proposals/\(id)/decision",
                    "{\"decision\":\"approve\",\"reason\":\"其余不采集\",\"admitted\":[\(admitted)]}", as: "data")
                return (answer.status, answer.text)
            }
            let held = try await decide("{\"column\":\"姓名\",\"element\":\"language-help\"}")
            #expect(held.status == 422 && held.text.contains("forms.admit-column"))
            let unknown = try await decide("{\"column\":\"窗帘颜色\",\"element\":\"curtains\"}")
            #expect(unknown.status == 422 && unknown.text.contains("forms.admit-element"))
            // Nobody asks at homes for what the purpose does not allow.
            let other = try await decide("{\"column\":\"窗帘颜色\",\"element\":\"registration-type\"}")
            #expect(other.status == 422 && other.text.contains("forms.admit-element"))
            let page = try await world.call(.get, "/forms/proposals/\(id)", as: "data")
            #expect(page.text.contains("新栏目逐项决定") && page.text.contains("name=\"admit-35\""))
            let decided = try await decide(
                "{\"column\":\"沟通要人转述\",\"element\":\"language-help\"},{\"column\":\"能否发讯息通知\",\"element\":\"we-contact\"}"
            )
            #expect(decided.status == 200 && decided.text.contains("\"element\":\"language-help\""), "\(decided.text)")
            let key = String(try #require(decided.text.firstMatch(of: /"form":"([a-z0-9-]+)"/)?.output.1))
            let after = try await world.call(.get, "/forms/proposals/\(id)", as: "welfare")
            #expect(after.text.contains("新采") && after.text.contains("不采集"))
            try await world.forms.compute()
            #expect(try world.form(key).definition.columns.suffix(2) == ["language-help", "we-contact"])
            // What nobody knows yet is asked at the next visit, and what was refused never.
            let (forms, day) = (world.forms, world.today)
            let wanted = try await world.house.database.read { try forms.wants(at: day, in: $0) }
                .wanted(of: old.record)
            let own = wanted.filter { $0.forms.contains(key) }.map(\.element)
            #expect(Set(own).isSuperset(of: ["language-help", "we-contact"]))
            let facts = try await world.house.database.query(
                "SELECT facts FROM ledger_entries WHERE act = 'forms.approved'")
            #expect(String(decoding: try facts[0].blob(0), as: UTF8.self).contains("\"admitted\":2"))
        }
    }

    @Test(
        "Asking past the data bureau, or for another purpose, is refused with the rule", arguments: EngineCase.available
    )
    func refusals(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let direct = try await world.call(.post, "/api/v1/forms/direct-requests", "{}", as: "welfare")
            #expect(
                direct.status == 403 && direct.text.contains("forms.no-direct-request")
                    && direct.text.contains("\"rule\""))
            func ask(_ purpose: String, _ columns: String, _ filter: String = "") async throws -> (Int, String) {
                let answer = try await world.call(
                    .post, "/api/v1/forms/proposals",
                    "{\"name\":\"表\",\"purpose\":\"\(purpose)\",\"kind\":\"person\",\"filter\":\"\(filter)\",\"columns\":[\(columns)],\"timesAYear\":1}",
                    as: "welfare")
                return (answer.status, answer.text)
            }
            let (status, text) = try await ask("veterans", "\"姓名\",\"慢性病\"")
            #expect(status == 403 && text.contains("forms.not-allowed"))
            #expect(try await ask("civil-affairs", "\"窗帘颜色\"").0 == 422)
            #expect(try await ask("civil-affairs", "").0 == 422)
            #expect(try await ask("nonsense", "\"姓名\"").0 == 422)
            #expect(try await ask("civil-affairs", "\"姓名\"", "height > 3").0 == 422)
            #expect(try await ask("civil-affairs", "\"姓名\"").0 == 201)
        }
    }
}
