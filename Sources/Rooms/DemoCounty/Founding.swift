import Desk
import Ground
import Identity
import NationalCodes
import Places

/// Sets up the county: grids, bodies, staff and their posts. Pure: the same plan gives the same stage.
struct Founding {
    private let plan: DemoCounty.Plan
    private let files: DemoFiles
    private let roles: Roles
    private let identifiers: IdentifierSource
    private let founded: Instant
    private let since: Day
    private let surnames: Weighted<String>
    private var random: SeededRandom
    private var stage: Stage
    private var people = 0
    private var shown: Set<String> = []

    private init(
        _ plan: DemoCounty.Plan, _ files: DemoFiles, _ roles: Roles, _ identifiers: IdentifierSource,
        county: AreaPrefix, founded: Instant
    ) {
        self.plan = plan
        self.files = files
        self.roles = roles
        self.identifiers = identifiers
        self.founded = founded
        since = founded.local().day
        surnames = Weighted(files.names.surnames)
        random = SeededRandom(seed: plan.seed)
        stage = Stage(county: county)
    }

    static func stage(
        _ plan: DemoCounty.Plan, _ files: DemoFiles, _ roles: Roles, _ identifiers: IdentifierSource,
        passwordHash: String, county: (prefix: AreaPrefix, name: String), founded: Instant
    ) -> Stage {
        var founding = Founding(plan, files, roles, identifiers, county: county.prefix, founded: founded)
        let government = founding.foundCounty(named: county.name)
        founding.foundStreets(below: government)
        founding.foundPeace(below: government)
        for index in founding.stage.staff.indices where founding.shown.contains(founding.stage.staff[index].login) {
            founding.stage.staff[index].passwordHash = passwordHash
        }
        return founding.stage
    }

    // MARK: Bodies

    private mutating func body(
        _ name: String, english: String? = nil, _ kind: BodyRecord.Kind, _ level: AreaLevel, _ area: AreaPrefix,
        line: String? = nil, parent: BodyRecord? = nil, functionalParent: BodyID? = nil
    ) -> BodyRecord {
        let body = BodyRecord(
            id: identifiers.next(at: founded), name: name, englishName: english, kind: kind, level: level, area: area,
            line: line, parent: parent?.id, functionalParent: functionalParent, validFrom: since)
        stage.bodies.append(body)
        return body
    }

    private mutating func foundCounty(named name: String) -> BodyRecord {
        let county = stage.county
        let government = body(name + "人民政府", english: "District government", .government, .county, county)
        let coordination = body(
            name + "社会治理中心（统筹办）", english: "Coordination centre", .coordination, .county, county,
            parent: government)
        let hotline = body(
            name + "12345 热线承办中心", english: "Hotline centre", .coordination, .county, county, parent: government)
        let audit = body(name + "审计局", english: "Audit office", .other, .county, county, parent: government)
        for line in files.lines {
            let department = body(
                line.zh, english: line.en, line.code == "police" ? .police : .department, .county, county,
                line: line.code, parent: government)
            let handlers = (0..<2).map { _ in hire("department_handler", department) }
            _ = hire("department_leader", department)
            stage.departments[line.code] = Stage.Department(body: department.id, handlers: handlers)
            if line.code == "data" { stage.dataOfficers.append(hire("data_officer", department)) }
        }
        let large = max(1, plan.gridCount / 150)
        stage.coordination = (0..<(2 + large)).map { _ in hire("coordination_officer", coordination) }
        stage.hotline = (0..<(4 + 2 * large)).map { _ in hire("hotline_agent", hotline) }
        _ = hire("burden_officer", coordination)
        _ = hire("auditor", audit)
        _ = hire("administrator", government)
        return government
    }

    /// Mediators at each level, and the police's own post for clues. Last, so that everybody else is who they were.
    private mutating func foundPeace(below government: BodyRecord) {
        let committee = body(
            "县矛盾纠纷调处化解中心", english: "County mediation centre", .other, .county, stage.county, parent: government)
        stage.mediators[stage.county] = hire("county_mediator", committee)
        for street in stage.streets {
            guard let office = stage.bodies.first(where: { $0.id == street.body }) else { continue }
            stage.mediators[street.area] = hire("street_mediator", office)
            for community in street.communities.prefix(1) {
                guard let own = stage.bodies.first(where: { $0.id == community.committee }) else { continue }
                stage.mediators[community.area] = hire("mediator", own)
            }
        }
        let police = body("公安局线索核查专班", english: "Police, clues", .police, .county, stage.county, parent: government)
        for role in ["police_lead", "police", "police_auditor"] { _ = hire(role, police) }
    }

    private mutating func foundStreets(below government: BodyRecord) {
        let communities = files.divisions.filter { $0.level == .community }
        // Small counties use only some communities, so that a grid keeps its size.
        let used = Set(communities.prefix(plan.gridCount).map(\.code))
        var gridsLeft = plan.gridCount
        var communitiesLeft = used.count
        let police = stage.departments["police"]?.body
        for division in files.divisions where division.level == .street {
            let own = communities.filter { $0.parent == division.code && used.contains($0.code) }
            guard !own.isEmpty, let area = AreaPrefix(division.code) else { continue }
            let english = files.names.pinyin[division.code] ?? division.name
            let isTown = division.name.hasSuffix("镇")
            let office = body(
                division.name + (isTown ? "人民政府" : "办事处"), english: "\(english) \(isTown ? "Government" : "Office")",
                .government, .street, area, parent: government)
            _ = body(
                division.name + "党工委", english: "\(english) Party Committee", .partyBranch, .street, area,
                parent: office)
            let station = body(
                division.name + "派出所", english: "\(english) Police Station", .police, .street, area, parent: office,
                functionalParent: police)
            _ = body(
                division.name + "平安志愿者队", english: "\(english) Safety Volunteers", .volunteers, .street, area,
                parent: office)
            var street = Stage.Street(
                area: area, name: division.name, englishName: english, body: office.id,
                roads: (0..<8).map { _ in files.names.road(&random) })
            let busy = 2 + own.count / 20
            street.dispatchers = (0..<busy).map { _ in hire("street_dispatcher", office) }
            street.leaders = [hire("street_leader", office)]
            street.handlers = [hire("street_handler", office)]
            street.verifiers = (0..<busy).map { _ in hire("verifier", office) }
            for (position, division) in own.enumerated() {
                let count = max(1, gridsLeft / max(1, communitiesLeft))
                gridsLeft -= count
                communitiesLeft -= 1
                if let community = found(division, position, grids: count, in: street, office, station) {
                    street.communities.append(community)
                }
            }
            stage.streets.append(street)
        }
        guard !stage.streets.isEmpty else { return }
        for (index, landmark) in files.names.landmarks.enumerated() {
            stage.streets[index % stage.streets.count].landmarks.append(landmark)
        }
    }

    private mutating func found(
        _ division: Area, _ position: Int, grids count: Int, in street: Stage.Street, _ office: BodyRecord,
        _ station: BodyRecord
    ) -> Stage.Community? {
        guard let area = AreaPrefix(division.code) else { return nil }
        let isVillage = division.name.hasSuffix("村")
        let committee = body(
            division.name + (isVillage ? "村民委员会" : "居民委员会"),
            english: "\(division.name) \(isVillage ? "Villagers" : "Residents")’ Committee", .communityCommittee,
            .community, area, parent: office)
        let branch = body(
            division.name + "党支部", english: "\(division.name) Party Branch", .partyBranch, .community, area,
            parent: committee)
        let compounds = (0..<(2 + count)).map { _ in files.names.compound(&random) }
        if position.isMultiple(of: 3), let compound = compounds.first {
            let firm = random.text(files.names.companies.first) + "物业服务有限公司"
            _ = body(
                "\(firm)（\(compound)）", english: "\(firm) (property firm of \(compound))", .propertyFirm, .community,
                area, parent: committee)
            _ = body(
                compound + "业主委员会", english: "\(compound) Owners’ Committee", .ownersCommittee, .community, area,
                parent: committee)
            _ = body(
                division.name + "警务室", english: "\(division.name) Police Room", .police, .community, area,
                parent: committee, functionalParent: station.id)
        }
        let grids = (0..<count).map { grid($0, of: division, sketch: files.names.sketch[street.area.code]) }
        stage.grids += grids
        var community = Stage.Community(
            area: area, name: division.name, committee: committee.id, grids: grids, compounds: compounds)
        let clerk = hire("community_clerk", committee)
        community.handlers.append(clerk)
        // One person, two posts: the secretary of the branch leads the grids as well (一肩挑).
        if !shown.contains("grid_lead") {
            _ = hire("grid_lead", branch)
        } else if position.isMultiple(of: 3) {
            appoint(clerk.staff, clerk.staffName, "grid_lead", branch, area)
        }
        for (index, grid) in grids.enumerated() where (stage.grids.count - grids.count + index).isMultiple(of: 2) {
            guard let area = AreaPrefix(grid.code) else { continue }
            community.handlers.append(hire("grid_worker", committee, area: area))
        }
        return community
    }

    /// A grid of some 400 households. Its place is laid by chance within a rough circle around the street: no boundary, no
    /// real place.
    private mutating func grid(_ index: Int, of division: Area, sketch: DemoNames.Sketch?) -> Grid {
        let number = String(index + 1)
        let code = division.code + String(repeating: "0", count: max(0, 3 - number.count)) + number
        var centre: Grid.Centre?
        if let sketch {
            let angle = random.between(0, 2 * .pi)
            let distance = sketch.radius * random.fraction().squareRoot()
            // Metres to degrees at 30 degrees north.
            centre = Grid.Centre(
                longitude: Self.rounded(sketch.longitude + distance * Self.cosine(angle) / 96_300),
                latitude: Self.rounded(sketch.latitude + distance * Self.cosine(angle - .pi / 2) / 110_900))
        }
        let households = Int64(plan.households / plan.gridCount + random.number(-40...40))
        return Grid(
            code: code, community: division.code, name: "\(division.name)第 \(number) 网格", kind: .base,
            households: max(1, households), centre: centre, validFrom: since)
    }

    static func rounded(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }

    /// Enough of the series for a sketch; the same on every machine, unlike the system's own.
    private static func cosine(_ angle: Double) -> Double {
        let turned = angle.remainder(dividingBy: 2 * .pi)
        let square = turned * turned
        var term = 1.0
        var sum = 1.0
        for step in 1...12 {
            term *= -square / Double((2 * step - 1) * (2 * step))
            sum += term
        }
        return sum
    }

    // MARK: Staff

    /// The first of a role has the role's key as log-in and the shown password; the others have no password.
    private mutating func hire(_ role: String, _ body: BodyRecord, area: AreaPrefix? = nil) -> Scope {
        people += 1
        let isShown = shown.insert(role).inserted
        let name = files.names.person(&random, surnames: surnames)
        let id: StaffID = identifiers.next(at: founded)
        let area = area ?? body.area
        let login = isShown ? role : "\(role)-\(people)"
        stage.staff.append(
            NewStaff(
                id: id, name: name, login: login, phone: Self.phone(9_000 + people % 1_000), passwordHash: nil,
                area: area))
        let scope = appoint(id, name, role, body, area)
        if isShown {
            stage.accounts.append(
                DemoCounty.Account(
                    role: role, roleName: scope.postName, login: login, name: name,
                    body: LocalizedText(body.name, body.englishName ?? body.name), area: area.code))
        }
        return scope
    }

    @discardableResult
    private mutating func appoint(
        _ staff: StaffID, _ name: String, _ role: String, _ body: BodyRecord, _ area: AreaPrefix
    ) -> Scope {
        let known = roles[role]
        let title = known?.name ?? LocalizedText(role, role)
        let post = PostRecord(
            id: identifiers.next(at: founded), staff: staff, body: body.id, role: role, area: area, title: title,
            from: founded)
        stage.posts.append(post)
        return Scope(
            staff: staff, staffName: name, post: post.id, postName: title, role: role, rights: known?.rights ?? [],
            area: area, body: body.id, bodyName: body.name, line: body.line)
    }

    /// 199 0000 xxxx: a block from which no number is meant.
    static func phone(_ number: Int) -> String {
        let text = String(number % 10_000)
        return "1990000" + String(repeating: "0", count: 4 - text.count) + text
    }
}
